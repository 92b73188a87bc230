/** @module How one profile names another. */

/** The root of Graph's public cloud. */
export const PUBLIC_GRAPH = 'https://graph.microsoft.com';

/** @param graphUrl of the cloud that is asked, without a slash at its end. */
export const addressOfProfile = (id: string, graphUrl: string = PUBLIC_GRAPH): string =>
  `${graphUrl}/beta/deviceManagement/deviceConfigurations('${id}')`;
