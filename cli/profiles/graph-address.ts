/** @module How one profile names another. */
import { PUBLIC_GRAPH } from '../graph/clouds.js';

/** @param graphUrl of the cloud that is asked, without a slash at its end. */
export const addressOfProfile = (id: string, graphUrl: string = PUBLIC_GRAPH): string =>
  `${graphUrl}/beta/deviceManagement/deviceConfigurations('${id}')`;
