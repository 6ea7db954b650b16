import { type EpochMs, instant, isoInstant } from '../domain/units.ts';

/** What the next look must know of a proposal. It stands in the body, hidden from readers, so that no table is needed. */
export interface Marker {
  /** `proposalDigest` of what is proposed. */
  readonly digest: string;
  /** `editDigest` of the change of files. */
  readonly edit: string;
  /** When text and commit were last renewed. */
  readonly renewedAt: EpochMs;
  /** `withdrawn`: we closed it. A proposal that is closed and not withdrawn was refused by a person. */
  readonly standing: 'proposed' | 'withdrawn';
}

const MARKER =
  /<!-- fulcrum:proposal (?<standing>proposed|withdrawn) digest=(?<digest>[0-9a-f]{64}) edit=(?<edit>[0-9a-f]{64}) renewed=(?<renewed>[0-9T:.Z-]+) -->/;

function markerText({ digest, edit, renewedAt, standing }: Marker): string {
  return `<!-- fulcrum:proposal ${standing} digest=${digest} edit=${edit} renewed=${isoInstant(renewedAt)} -->`;
}

/** The body with the marker as its last line, in place of one that stands in it. */
export function withMarker(body: string, marker: Marker): string {
  return `${body.replace(MARKER, '').trimEnd()}\n\n${markerText(marker)}\n`;
}

/** `null` where a person has removed or changed it. */
export function readMarker(body: string): Marker | null {
  const { standing, digest, edit, renewed } = MARKER.exec(body)?.groups ?? {};
  if (digest === undefined || edit === undefined || renewed === undefined) return null;
  if (Number.isNaN(Date.parse(renewed))) return null;
  return { digest, edit, renewedAt: instant(renewed), standing: standing === 'withdrawn' ? 'withdrawn' : 'proposed' };
}

/** The text without the words by which it would be found again. */
export function withoutKeys(text: string): string {
  return `${text.replaceAll(/<!-- fulcrum:(?:key|about) [a-z0-9-]+ -->\n?/g, '').trimEnd()}\n`;
}

/** A hidden word by which a comment or an issue of ours is found again. */
export function keyMarker(key: string): string {
  return `<!-- fulcrum:key ${key} -->`;
}

/** As `keyMarker`, of the subject of an issue. */
export function aboutMarker(about: string): string {
  return `<!-- fulcrum:about ${about} -->`;
}
