import type { Place } from '../place.ts';
import type { Hop } from './resolver.ts';

/** A place in Terraform, with the names through which it was found. */
export interface TerraformPlace extends Omit<Place, 'sharedWith'> {
  readonly hops: readonly Hop[];
}
