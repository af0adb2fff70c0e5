/** Rows of the tenant's directory. Side tables are keyed by object id and may precede the account they belong to. */
export interface PeopleTables {
  person: {
    object_id: string
    user_principal_name: string
    /** Lower case: names are unique whatever their case. */
    user_principal_name_key: string
    display_name: string
    given_name: string | null
    surname: string | null
    mail: string | null
    job_title: string | null
    department: string | null
    mobile_phone: string | null
    account_enabled: number
    source: 'cloud' | 'synchronized'
    immutable_id: string | null
    sid: string | null
    sam_account_name: string | null
    /** `v1;PPH1_MD4,…;` of Entra Connect; null where another party checks the password. */
    password_hash: string | null
    must_change_password: number
  }
  security_group: {
    object_id: string
    /** Of a group of Entra ID alone as in anchors.ts. */
    immutable_id: string
    display_name: string
    description: string | null
    sam_account_name: string
    sid: string
    /** Epoch milliseconds; null for synchronized ones. */
    created_at: number | null
  }
  /** By object id: accounts and service principals. */
  group_owner: { group_id: string; owner_id: string }
  /** What was deleted and can come back; `content` is JSON. */
  deleted_item: { object_id: string; kind: string; content: string; deleted_at: number }
  /** By anchor, since a member may arrive in a later cycle than its group. */
  group_member: { group_id: string; member_anchor: string }
  device: {
    object_id: string
    device_id: string
    display_name: string
    source: 'cloud' | 'synchronized'
    immutable_id: string | null
    operating_system: string
    operating_system_version: string | null
    trust_type: 'AzureAd' | 'ServerAd' | 'Workplace'
    owner_id: string | null
    owner_anchor: string | null
    account_enabled: number
  }
  device_management: {
    device_id: string
    is_managed: number
    is_compliant: number
    ownership: 'Company' | 'Personal'
  }
  /** Devices that hold a certificate of the tenant. */
  device_registration: {
    device_id: string
    /** SHA-1 of the certificate, upper-case hexadecimal; a new certificate takes the place of the old one. */
    thumbprint: string
    registered_at: number
    last_sign_in_at: number | null
  }
  /** JSON of what the other tables have no column for. */
  device_detail: { device_id: string; details: string }
  licence: { object_id: string; licensed: number }
  directory_role_assignment: { object_id: string; role_template_id: string }
  smart_lockout: {
    object_id: string
    wrong_passwords: number
    /** JSON list of the hashes of the latest wrong passwords. */
    recent_hashes: string
    locked_until: number
  }
}
