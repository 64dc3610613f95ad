import { describeSweeps } from './sweep-suite.ts';

describeSweeps('s3');
