export { renderDescription, rendererVersion } from './render-description.ts';
export type { DescriptionFormat, RenderedDescription } from './render-description.ts';
export { renderPlainText } from './plain-text.ts';
