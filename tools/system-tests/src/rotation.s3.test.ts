import { describeRotations } from './rotation-suite.ts';

/** Of timestamp and snapshot together: the emergency. */
describeRotations('s3', []);
