import { describeFaults } from './faults-suite.ts';

describeFaults('fs', 60);
