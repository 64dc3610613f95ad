import { describeRecovery } from './recover-database-suite.ts';

describeRecovery('s3');
