/** For scripts of any page, as PyPI sends them. */
export const corsHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers':
    'Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since',
  'Access-Control-Allow-Methods': 'GET',
  'Access-Control-Max-Age': '86400',
  'Access-Control-Expose-Headers': 'X-PyPI-Last-Serial',
} as const;

/** @param serial number of the publication that last changed what is shown */
export function simpleHeaders(serial: number): Readonly<Record<string, string>> {
  return { ...corsHeaders, Vary: 'Accept', 'X-PyPI-Last-Serial': String(serial) };
}
