// The schema as the preset of Splunk Enterprise makes it; read by bundle.mjs.
import { createSchemaBasedOnPresets } from '@splunk/dashboard-definition';
import EnterpriseViewOnlyPreset from '@splunk/dashboard-presets/EnterpriseViewOnlyPreset';

globalThis.studioSchema = createSchemaBasedOnPresets(EnterpriseViewOnlyPreset, {});
