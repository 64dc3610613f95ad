import { describeCeremonies } from './ceremony-suite.ts';

describeCeremonies('s3');
