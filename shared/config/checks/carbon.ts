import type { Finding } from '../problem.ts';
import type { SoundFleet } from '../sound-parts.ts';
import { zoneIsKnown } from './period.ts';

export function checkCarbon({ carbon }: SoundFleet): readonly Finding[] {
  return carbon === undefined ? [] : zoneIsKnown(carbon);
}
