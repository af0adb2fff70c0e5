export interface DeviceTables {
  /** One row, once the policy was changed. */
  device_registration_policy: { id: number; policy: string }
  app_protection: { object_id: string; app_id: string; state: 'compliant' | 'notCompliant' }
}
