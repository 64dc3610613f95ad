export { baseStyle } from './base-style.ts';
export { Html, html } from './html.ts';
export { styleSheet } from './style-sheet.ts';
export type { StyleSheet } from './style-sheet.ts';
