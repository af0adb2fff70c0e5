import type { ContactField } from '../../mailbox/item-properties.ts'

type Group = readonly [legend: string, fields: readonly (readonly [name: ContactField, label: string])[]]

/** The fields that the pages show; what else a phone wrote stays as it is. */
export const contactGroups: readonly Group[] = [
  [
    'Name',
    [
      ['firstName', 'First name'],
      ['middleName', 'Middle name'],
      ['lastName', 'Last name'],
      ['nickName', 'Nickname'],
    ],
  ],
  [
    'Work',
    [
      ['companyName', 'Company'],
      ['jobTitle', 'Job title'],
      ['department', 'Department'],
      ['officeLocation', 'Office'],
    ],
  ],
  [
    'Mail and phone',
    [
      ['email1Address', 'Email'],
      ['email2Address', 'Email 2'],
      ['email3Address', 'Email 3'],
      ['businessPhoneNumber', 'Business phone'],
      ['mobilePhoneNumber', 'Mobile phone'],
      ['homePhoneNumber', 'Home phone'],
      ['imAddress', 'Chat'],
      ['webPage', 'Web page'],
    ],
  ],
  [
    'Business address',
    [
      ['businessAddressStreet', 'Street'],
      ['businessAddressPostalCode', 'Postal code'],
      ['businessAddressCity', 'City'],
      ['businessAddressState', 'State'],
      ['businessAddressCountry', 'Country'],
    ],
  ],
  [
    'Home address',
    [
      ['homeAddressStreet', 'Home street'],
      ['homeAddressPostalCode', 'Home postal code'],
      ['homeAddressCity', 'Home city'],
      ['homeAddressState', 'Home state'],
      ['homeAddressCountry', 'Home country'],
    ],
  ],
]

export const shownFields = contactGroups.flatMap(([, fields]) => fields)
