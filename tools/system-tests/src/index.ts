export { AuthForms } from './auth-forms.ts';
export { RunningInstance } from './instance.ts';
export type { InstanceFile, InstanceOptions } from './instance.ts';
export { publish, receiptOf, sdist, upload } from './uploads.ts';
export type { Answer, Receipt } from './uploads.ts';
export { startIndexDatabase } from './index-database.ts';
export type { IndexDatabase } from './index-database.ts';
export { rind } from './rind-command.ts';
export { Traps } from './traps.ts';
