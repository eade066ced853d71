/** A text in quotes, or a comment. */
const tokens = /("(?:\\.|[^"\\])*")|\/\/.*|\/\*[^]*?\*\//g;

/**
 * host.json and local.settings.json as Functions reads them: comments and a byte order mark are allowed.
 *
 * @throws SyntaxError
 */
export const parseSettingsFile = (text: string): unknown =>
  JSON.parse(text.replace(/^\uFEFF/, '').replace(tokens, (_token, quoted: string | undefined) => quoted ?? ' '));
