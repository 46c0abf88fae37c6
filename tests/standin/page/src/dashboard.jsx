// Renders one Dashboard Studio definition with Splunk's own packages, unmodified.
// The page loads this bundle when a dashboard is first shown, and calls renderDashboard(element, {...}).
import DashboardCore from '@splunk/dashboard-core';
import { DashboardContextProvider } from '@splunk/dashboard-context';
import EnterpriseViewOnlyPreset from '@splunk/dashboard-presets/EnterpriseViewOnlyPreset';
import SplunkThemeProvider from '@splunk/themes/SplunkThemeProvider';
import { createRoot } from 'react-dom/client';

globalThis.renderDashboard = (element, { app, definition, tokens, onTokens, onProblem }) => {
  const root = createRoot(element);
  root.render(
    <SplunkThemeProvider family="enterprise" colorScheme="dark" density="compact">
      <DashboardContextProvider
        preset={EnterpriseViewOnlyPreset}
        initialDefinition={definition}
        initialMode="view"
        initialTokenBinding={{ default: tokens }}
        onTokenBindingChange={(binding) => onTokens(binding.default ?? {})}
        dataSourceContext={{ app, owner: 'nobody', cache: false, keepAlive: false }}
      >
        <DashboardCore width="100%" height="100%" onValidationError={onProblem} />
      </DashboardContextProvider>
    </SplunkThemeProvider>,
  );
  return () => root.unmount();
};
