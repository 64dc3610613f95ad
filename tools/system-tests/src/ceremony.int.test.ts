import { describeCeremonies, describeCeremonyFiles } from './ceremony-suite.ts';

describeCeremonies('fs');
describeCeremonyFiles();
