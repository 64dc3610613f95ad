import { describeInterruptedSweeps, describeSweeps } from './sweep-suite.ts';

describeSweeps('fs');
describeInterruptedSweeps();
