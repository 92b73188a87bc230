metadata description = 'Where Front Door sends devices: to the first region, and to the second one while the first is not healthy.'

param profileName string
param endpointName string
@description('Of the apps, the preferred one first.')
param hostNames string[]

resource profile 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  name: profileName
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2025-06-01' existing = {
  parent: profile
  name: endpointName
}

resource group 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = {
  parent: profile
  name: 'apps'
  properties: {
    healthProbeSettings: {
      probePath: '/health'
      probeProtocol: 'Https'
      probeRequestType: 'GET'
      // Every place of Front Door asks by itself, and each answer is paid for: as seldom as can be.
      probeIntervalInSeconds: 255
    }
    loadBalancingSettings: {
      sampleSize: 2
      successfulSamplesRequired: 1
      additionalLatencyInMilliseconds: 0
    }
    sessionAffinityState: 'Disabled'
  }
}

resource origins 'Microsoft.Cdn/profiles/originGroups/origins@2025-06-01' = [
  for (hostName, i) in hostNames: {
    parent: group
    name: 'app-${i + 1}'
    properties: {
      hostName: hostName
      originHostHeader: hostName
      httpPort: 80
      httpsPort: 443
      priority: i + 1
      weight: 1000
      enabledState: 'Enabled'
      enforceCertificateNameCheck: true
    }
  }
]

resource route 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = {
  parent: endpoint
  name: 'everything'
  // A route wants origins in its group.
  dependsOn: [origins]
  properties: {
    originGroup: { id: group.id }
    supportedProtocols: ['Http', 'Https']
    patternsToMatch: ['/*']
    // Plain HTTP stays plain HTTP, for OCSP, CRLs and CA certificates; the apps refuse the rest.
    forwardingProtocol: 'MatchRequest'
    httpsRedirect: 'Disabled'
    linkToDefaultDomain: 'Enabled'
    enabledState: 'Enabled'
  }
}
