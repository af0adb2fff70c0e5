export interface MfaTables {
  mfa_method: {
    id: string
    object_id: string
    type: 'push' | 'totp' | 'sms'
    position: number
    is_default: number
    device_name: string | null
    number_matching: number | null
    phone_number: string | null
    secret: string | null
  }
  mfa_session: {
    id: string
    object_id: string
    caller: string
    method_id: string
    type: 'push' | 'totp' | 'sms'
    application: string
    address: string
    /** The number to match, the texted code, or null. */
    expected: string | null
    state: 'pending' | 'approved' | 'denied'
    wrong_tries: number
    created_at: number
    expires_at: number
  }
  mfa_used_step: { method_id: string; step: number }
  text_message: {
    id: string
    object_id: string
    phone_number: string
    text: string
    code: string
    received_at: number
  }
}
