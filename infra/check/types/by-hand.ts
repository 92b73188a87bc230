/** @module Type data of the resource types that azure.json lacks, in the same form; written after Azure's REST reference. */
import type { ObjectSchema, PropertySchema, ResourceSchemas } from './schema.js';

const optional = (type: string): PropertySchema => ({ type });
const required = (type: string): PropertySchema => ({ type, required: true });
const readOnly: PropertySchema = { readOnly: true };

const TAGS: ObjectSchema = { properties: {}, others: 'string' };

/** What every resource has. */
const COMMON = { id: readOnly, type: readOnly, apiVersion: readOnly, name: required('string') };
const SYSTEM = { systemData: readOnly };

const METRIC_DIMENSION = {
  name: required('string'),
  operator: required('string'),
  values: required('string[]'),
};
const AGGREGATION = "'Average' | 'Count' | 'Minimum' | 'Maximum' | 'Total' | string";
const OPERATOR = "'Equals' | 'GreaterThan' | 'GreaterThanOrEqual' | 'LessThan' | 'LessThanOrEqual' | string";

export const TYPES_BY_HAND: ResourceSchemas = {
  'Microsoft.Insights/diagnosticSettings@2021-05-01-preview': {
    body: { properties: { ...COMMON, ...SYSTEM, properties: optional('#DiagnosticSettings') } },
    types: {
      DiagnosticSettings: {
        properties: {
          storageAccountId: optional('string'),
          serviceBusRuleId: optional('string'),
          eventHubAuthorizationRuleId: optional('string'),
          eventHubName: optional('string'),
          metrics: optional('#MetricSettings[]'),
          logs: optional('#LogSettings[]'),
          workspaceId: optional('string'),
          marketplacePartnerId: optional('string'),
          logAnalyticsDestinationType: optional('string'),
        },
      },
      MetricSettings: {
        properties: {
          timeGrain: optional('string'),
          category: optional('string'),
          enabled: required('bool'),
        },
      },
      LogSettings: {
        properties: {
          category: optional('string'),
          categoryGroup: optional("'audit' | 'allLogs' | string"),
          enabled: required('bool'),
        },
      },
    },
  },

  'Microsoft.Insights/actionGroups@2023-01-01': {
    body: {
      properties: {
        ...COMMON,
        location: required('string'),
        tags: optional('#Tags'),
        properties: optional('#ActionGroup'),
      },
    },
    types: {
      Tags: TAGS,
      ActionGroup: {
        properties: {
          groupShortName: required('string'),
          enabled: required('bool'),
          emailReceivers: optional('#EmailReceiver[]'),
        },
      },
      EmailReceiver: {
        properties: {
          name: required('string'),
          emailAddress: required('string'),
          useCommonAlertSchema: optional('bool'),
          status: readOnly,
        },
      },
    },
  },

  'Microsoft.Insights/metricAlerts@2018-03-01': {
    body: {
      properties: {
        ...COMMON,
        location: required('string'),
        tags: optional('#Tags'),
        properties: required('#MetricAlert'),
      },
    },
    types: {
      Tags: TAGS,
      MetricAlert: {
        properties: {
          description: optional('string'),
          severity: required('int'),
          enabled: required('bool'),
          scopes: required('string[]'),
          evaluationFrequency: required('string'),
          windowSize: required('string'),
          targetResourceType: optional('string'),
          targetResourceRegion: optional('string'),
          criteria: required('#Criteria'),
          autoMitigate: optional('bool'),
          actions: optional('#Action[]'),
          lastUpdatedTime: readOnly,
          isMigrated: readOnly,
        },
      },
      Criteria: {
        discriminator: 'odata.type',
        variants: [
          {
            properties: {
              'odata.type': required("'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'"),
              allOf: optional('#MetricCriterion[]'),
            },
          },
          {
            properties: {
              'odata.type': required("'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'"),
              webTestId: required('string'),
              componentId: required('string'),
              failedLocationCount: required('int'),
            },
          },
        ],
      },
      MetricCriterion: {
        properties: {
          criterionType: required("'StaticThresholdCriterion' | 'DynamicThresholdCriterion'"),
          name: required('string'),
          metricName: required('string'),
          metricNamespace: optional('string'),
          timeAggregation: required(AGGREGATION),
          operator: required(OPERATOR),
          threshold: required('int'),
          dimensions: optional('#MetricDimension[]'),
          skipMetricValidation: optional('bool'),
        },
      },
      MetricDimension: { properties: METRIC_DIMENSION },
      Action: {
        properties: { actionGroupId: optional('string'), webHookProperties: optional('any') },
      },
    },
  },

  'Microsoft.Insights/scheduledQueryRules@2022-06-15': {
    body: {
      properties: {
        ...COMMON,
        ...SYSTEM,
        etag: readOnly,
        kind: optional("'LogAlert' | 'LogToMetric' | string"),
        location: required('string'),
        tags: optional('#Tags'),
        properties: required('#QueryRule'),
      },
    },
    types: {
      Tags: TAGS,
      QueryRule: {
        properties: {
          displayName: optional('string'),
          description: optional('string'),
          severity: optional('int'),
          enabled: optional('bool'),
          scopes: optional('string[]'),
          evaluationFrequency: optional('string'),
          windowSize: optional('string'),
          overrideQueryTimeRange: optional('string'),
          targetResourceTypes: optional('string[]'),
          criteria: optional('#Criteria'),
          muteActionsDuration: optional('string'),
          actions: optional('#Actions'),
          checkWorkspaceAlertsStorageConfigured: optional('bool'),
          skipQueryValidation: optional('bool'),
          autoMitigate: optional('bool'),
          createdWithApiVersion: readOnly,
          isLegacyLogAnalyticsRule: readOnly,
          isWorkspaceAlertsStorageConfigured: readOnly,
        },
      },
      Criteria: { properties: { allOf: optional('#Condition[]') } },
      Condition: {
        properties: {
          query: optional('string'),
          timeAggregation: optional(AGGREGATION),
          metricMeasureColumn: optional('string'),
          resourceIdColumn: optional('string'),
          dimensions: optional('#QueryDimension[]'),
          operator: optional(OPERATOR),
          threshold: optional('int'),
          failingPeriods: optional('#FailingPeriods'),
          metricName: optional('string'),
        },
      },
      QueryDimension: {
        properties: { ...METRIC_DIMENSION, operator: required("'Include' | 'Exclude' | string") },
      },
      FailingPeriods: {
        properties: {
          numberOfEvaluationPeriods: optional('int'),
          minFailingPeriodsToAlert: optional('int'),
        },
      },
      Actions: {
        properties: { actionGroups: optional('string[]'), customProperties: optional('#Tags') },
      },
    },
  },

  'Microsoft.Network/privateDnsZones@2024-06-01': {
    body: {
      properties: {
        ...COMMON,
        ...SYSTEM,
        location: optional('string'),
        tags: optional('#Tags'),
        etag: optional('string'),
        properties: optional('#Zone'),
      },
    },
    types: { Tags: TAGS, Zone: { properties: { provisioningState: readOnly, internalId: readOnly } } },
  },

  'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01': {
    body: {
      properties: {
        ...COMMON,
        ...SYSTEM,
        location: optional('string'),
        tags: optional('#Tags'),
        etag: optional('string'),
        properties: optional('#Link'),
      },
    },
    types: {
      Tags: TAGS,
      Link: {
        properties: {
          virtualNetwork: optional('#Reference'),
          registrationEnabled: optional('bool'),
          resolutionPolicy: optional("'Default' | 'NxDomainRedirect' | string"),
          virtualNetworkLinkState: readOnly,
          provisioningState: readOnly,
        },
      },
      Reference: { properties: { id: optional('string') } },
    },
  },
};
