import { describeFastForward } from './fast-forward-suite.ts';

describeFastForward('fs');
