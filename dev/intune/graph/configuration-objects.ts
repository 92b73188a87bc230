/** @module Profiles in Graph's words. What they refer to is left out, as Graph does. */
import type { DeviceConfiguration } from '../model.js';
import type { GraphObject } from './objects.js';

export function presentConfiguration({
  id,
  type,
  createdAt,
  modifiedAt,
  version,
  members,
}: DeviceConfiguration): GraphObject {
  return {
    '@odata.type': `#microsoft.graph.${type}`,
    id,
    createdDateTime: createdAt,
    lastModifiedDateTime: modifiedAt,
    roleScopeTagIds: ['0'],
    supportsScopeTags: true,
    version,
    ...members,
  };
}

export function presentAssignment(
  { id }: DeviceConfiguration,
  target: Readonly<Record<string, unknown>>,
): object {
  const sourceId = typeof target['groupId'] === 'string' ? target['groupId'] : 'all';
  return {
    id: `${id}_${sourceId}`,
    source: 'direct',
    sourceId: id,
    intent: 'apply',
    target: {
      deviceAndAppManagementAssignmentFilterId: null,
      deviceAndAppManagementAssignmentFilterType: 'none',
      ...target,
    },
  };
}
