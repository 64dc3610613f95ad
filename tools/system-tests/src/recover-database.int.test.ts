import { describeRecovery, describeUnprovenRecovery } from './recover-database-suite.ts';

describeRecovery('fs');
describeUnprovenRecovery();
