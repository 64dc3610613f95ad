import type { TargetPath } from '@rind/kernel';
import type { DelegatedRole, ListedTargetFile } from '@rind/metadata';

/** The unpublished state of one targets role. */
export class TargetsRole {
  readonly name: string;
  /** Whose keys sign it: all bins share those of `bin-n`. */
  readonly keyRole: string;
  readonly targets = new Map<TargetPath, ListedTargetFile>();
  readonly delegated: DelegatedRole[] = [];
  /** Differs from what was last published. */
  dirty = true;

  constructor(name: string, keyRole: string) {
    this.name = name;
    this.keyRole = keyRole;
  }

  put(path: TargetPath, file: ListedTargetFile): void {
    this.targets.set(path, file);
    this.dirty = true;
  }

  remove(path: TargetPath): void {
    this.targets.delete(path);
    this.dirty = true;
  }

  delegate(role: DelegatedRole): void {
    this.delegated.push(role);
    this.dirty = true;
  }
}
