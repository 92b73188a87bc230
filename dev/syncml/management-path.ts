/** @module Where the MDM server takes SyncML. */

/** The path of Intune's gateway for OMA DM clients. */
export const MANAGEMENT_PATH = '/devicegatewayproxy/cimhandler.ashx';
