export type MethodType = 'push' | 'totp' | 'sms' | 'voice' | 'fido2'
export type PhoneType = 'mobile' | 'alternateMobile' | 'office'

export interface MfaTables {
  mfa_method: {
    id: string
    object_id: string
    type: MethodType
    position: number
    is_default: number
    device_name: string | null
    number_matching: number | null
    phone_number: string | null
    /** Of methods that speak; text messages go to the mobile one. */
    phone_type: PhoneType | null
    secret: string | null
    /** Null for what the scenario registered. */
    created_at: number | null
  }
  mfa_session: {
    id: string
    object_id: string
    caller: string
    method_id: string
    type: 'push' | 'totp' | 'sms' | 'voice' | 'accessPass'
    application: string
    address: string
    /** The number to match, the texted code, or null. */
    expected: string | null
    /** The number that rings. */
    phone_number: string | null
    state: 'pending' | 'approved' | 'denied' | 'fraudReported'
    wrong_tries: number
    created_at: number
    expires_at: number
    /** What the phone answers by itself once its time has come. */
    answer: 'approved' | 'denied' | 'mistyped' | 'fraudReported' | 'lost' | null
    answer_at: number | null
  }
  mfa_used_step: { method_id: string; step: number }
  mfa_registration: {
    id: string
    object_id: string
    type: 'push' | 'totp' | 'sms' | 'voice'
    /** The phone has taken it over. */
    is_scanned: number
    device_name: string | null
    activation_code: string | null
    secret: string | null
    phone_number: string | null
    phone_type: PhoneType | null
    wrong_tries: number
    created_at: number
    expires_at: number
  }
  /** When somebody was first asked to register, from where the days of grace count. */
  mfa_registration_asked: { object_id: string; asked_at: number }
  phone_behaviour: {
    object_id: string
    push: 'ask' | 'approve' | 'deny' | 'ignore' | 'mistype' | 'reportFraud'
    voice: 'ask' | 'approve' | 'deny' | 'ignore' | 'reportFraud'
    sms: 'deliver' | 'ignore'
    after_seconds: number
  }
  temporary_access_pass: {
    object_id: string
    id: string
    digest: string
    is_usable_once: number
    created_at: number
    starts_at: number
    lifetime_minutes: number
    used_at: number | null
    wrong_tries: number
    locked_until: number
  }
  text_message: {
    id: string
    object_id: string
    phone_number: string
    text: string
    code: string
    received_at: number
  }
}
