import { GateError } from '../errors.ts';

const goneActions = ['submit', 'submit_pkg_info', 'doc_upload'];

/**
 * `:action` decides what a request to /legacy/ is; it may stand in the query or in the form.
 * @throws GateError `upload.gone`, `upload.bad-action`
 */
export function checkAction(action: string): void {
  if (action === 'file_upload') return;
  if (goneActions.includes(action)) {
    const text = 'Project pre-registration is no longer required or supported, upload your files instead.';
    throw new GateError('upload.gone', text, { status: 410 });
  }
  throw new GateError('upload.bad-action', 'Unknown or missing :action. Uploads use file_upload.', {
    status: 400,
  });
}
