import { describeFaults } from './faults-suite.ts';

describeFaults('s3', 30);
