import { describeRotationSteps, describeRotations } from './rotation-suite.ts';

describeRotations('fs', ['timestamp', 'snapshot']);
describeRotationSteps();
