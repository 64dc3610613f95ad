const UPLOAD_TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3})[0-9]{3}Z$/;

/**
 * PEP 700 "upload-time": `yyyy-mm-ddThh:mm:ss.ffffffZ`.
 * @param ms milliseconds since 1970-01-01T00:00:00Z
 * @param micros 0 to 999, what lies between two milliseconds
 */
export function uploadTime(ms: number, micros = 0): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

/** Whether a text is an upload time in exactly that form, and a time that exists. */
export function isUploadTime(text: string): boolean {
  const toMilliseconds = UPLOAD_TIME.exec(text)?.[1];
  if (toMilliseconds === undefined) return false;
  const ms = Date.parse(`${toMilliseconds}Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === `${toMilliseconds}Z`;
}
