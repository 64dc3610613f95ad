import { describeFastForward } from './fast-forward-suite.ts';

describeFastForward('s3');
