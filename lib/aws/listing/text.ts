import { UnreachableError } from '../../errors/errors';
import { quoted } from '../../errors/visible';

/**
 * Returns the text of an URL-encoded element. S3 encodes as forms do: a space is a plus sign.
 *
 * @throws UnreachableError for one that is not encoded in that way
 */
export function decodeUrl(text: string): string {
  const plain = unescapeXml(text);
  const spaced = plain.includes('+') ? plain.replaceAll('+', ' ') : plain;
  if (!spaced.includes('%')) {
    return spaced;
  }
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new UnreachableError('BadKey', `S3 listed the key ${quoted(text)}, which is not a valid URL-encoded key`);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function unescapeXml(text: string): string {
  return text.includes('&')
    ? text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi, (_, hex?: string, decimal?: string, name = '') =>
        hex === undefined && decimal === undefined
          ? (ENTITIES[String(name)] ?? '')
          : String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
      )
    : text;
}
