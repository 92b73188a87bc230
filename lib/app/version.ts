/** @module Name and version, as Intune's logs and the status page show them. */
import manifest from '../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;
export const PRODUCT = `Skep/${VERSION}`;
