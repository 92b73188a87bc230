metadata description = 'What someone has to know before the devices do.'

param name string
param location string
param tags object
@description('Empty: alerts show in the portal only.')
param email string
@description('Of the app, without a slash at its end.')
param url string
param workspaceId string
param componentId string
param vaultId string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: name
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'Skep'
    emailReceivers: [
      {
        name: 'email'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

var metricActions = empty(email) ? [] : [{ actionGroupId: people.id }]
var queryActions = empty(email) ? [] : [people.id]

// Asks from outside whether certificates can be issued: 200, or 503 with the reason.
resource health 'Microsoft.Insights/webtests@2022-06-15' = {
  name: '${name}-health'
  location: location
  // The portal joins test and component by this tag.
  tags: union(tags, { 'hidden-link:${componentId}': 'Resource' })
  kind: 'standard'
  properties: {
    Name: 'Health'
    SyntheticMonitorId: '${name}-health'
    Kind: 'standard'
    Enabled: true
    Frequency: 900
    Timeout: 60
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'us-va-ash-azr' }
      { Id: 'apac-sg-sin-azr' }
    ]
    Request: {
      RequestUrl: '${url}/health'
      HttpVerb: 'GET'
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource notHealthy 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-not-healthy'
  location: 'global'
  tags: tags
  properties: {
    description: 'The CA cannot issue, or cannot be reached. Open /health: it names the part and the remedy.'
    severity: 1
    enabled: true
    scopes: [health.id, componentId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT30M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: health.id
      componentId: componentId
      failedLocationCount: 2
    }
    actions: metricActions
  }
}

resource vaultThrottles 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-vault-throttling'
  location: 'global'
  tags: tags
  properties: {
    description: 'Key Vault turns requests away: too many certificates at once. Devices come back by themselves; see SKEP_VAULT_SHARE_PERCENT.'
    severity: 2
    enabled: true
    scopes: [vaultId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'throttled'
          metricNamespace: 'Microsoft.KeyVault/vaults'
          metricName: 'ServiceApiResult'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            {
              name: 'StatusCode'
              operator: 'Include'
              values: ['429']
            }
          ]
        }
      ]
    }
    actions: metricActions
  }
}

// Queries look for what the code writes; a test holds the two together.
var queries = [
  {
    name: 'issuance-failures'
    description: 'An error of ours: devices were sent away, or a timer failed or was ended by the host. The code in the log line is explained in docs/errors.md.'
    severity: 2
    every: 'PT15M'
    window: 'PT15M'
    quietFor: 'PT1H'
    query: '''
      union
        (AppRequests | where OperationName startswith "scep-" and toint(ResultCode) >= 500),
        (AppTraces | where SeverityLevel >= 3 and Message contains "code=ERR_" and not(Message has "task=issuanceLog")),
        (AppTraces | where SeverityLevel >= 3 and Message startswith "Timeout value of ")
    '''
  }
  {
    name: 'expiry'
    description: 'The CA certificate or the RA certificate ends soon, or the next RA certificate could not be made.'
    severity: 1
    every: 'PT6H'
    window: 'P1D'
    quietFor: 'P1D'
    query: '''
      AppTraces
      | where Message startswith "A certificate of the authority ends soon"
        or (Message startswith "A timer failed" and Message has "task=raRenewal")
    '''
  }
  {
    name: 'issuance-log'
    description: 'What the CA key signs has not come into the issuance log for a while. The log of timer-issuance-log says why; nothing is lost meanwhile.'
    severity: 2
    every: 'PT15M'
    window: 'PT1H'
    quietFor: 'PT6H'
    // It runs every minute, and what one run did not do the next one does.
    query: '''
      AppTraces
      | where Message startswith "A timer failed" and Message has "task=issuanceLog"
      | summarize failures = count()
      | where failures > 10
    '''
  }
]

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = [
  for alert in queries: {
    name: '${name}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${name}-${alert.name}'
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.window
      // The tables come to be with the first telemetry, after this.
      skipQueryValidation: true
      autoMitigate: false
      muteActionsDuration: alert.quietFor
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: queryActions }
    }
  }
]
