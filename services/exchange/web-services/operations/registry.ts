import type { Operation } from '../call.ts'
import { getEvents, subscribe, unsubscribe } from '../notifications/subscriptions.ts'
import { createAttachment, deleteAttachment, getAttachment } from './attachments.ts'
import { copyFolder, createFolder, deleteFolder, moveFolder, updateFolder } from './change-folder.ts'
import { convertId } from './convert-id.ts'
import { createItem } from './create-item.ts'
import { addDelegate, getDelegate, removeDelegate, updateDelegate } from './delegates.ts'
import { deleteItem } from './delete-item.ts'
import { getRoomLists, getRooms, getUserConfiguration, getUserPhoto } from './directory.ts'
import { expandDl } from './expand-dl.ts'
import { findFolder } from './find-folder.ts'
import { findItem } from './find-item.ts'
import { getFolder } from './get-folder.ts'
import { getItem } from './get-item.ts'
import { getServerTimeZones } from './get-server-time-zones.ts'
import { getUserAvailability } from './get-user-availability.ts'
import { copyItem, moveItem } from './move-item.ts'
import { resolveNames } from './resolve-names.ts'
import { sendItem } from './send-item.ts'
import { syncFolderHierarchy } from './sync-folder-hierarchy.ts'
import { syncFolderItems } from './sync-folder-items.ts'
import { updateItem } from './update-item.ts'
import { getUserOofSettings, setUserOofSettings } from './user-oof-settings.ts'
import { emptyFolder, markAllItemsAsRead } from './whole-folders.ts'

/** By the name of the element in the Body. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    GetFolder: getFolder,
    FindFolder: findFolder,
    FindItem: findItem,
    GetItem: getItem,
    CreateItem: createItem,
    SendItem: sendItem,
    UpdateItem: updateItem,
    DeleteItem: deleteItem,
    MoveItem: moveItem,
    CopyItem: copyItem,
    SyncFolderHierarchy: syncFolderHierarchy,
    SyncFolderItems: syncFolderItems,
    ResolveNames: resolveNames,
    ExpandDL: expandDl,
    GetAttachment: getAttachment,
    CreateAttachment: createAttachment,
    DeleteAttachment: deleteAttachment,
    CreateFolder: createFolder,
    UpdateFolder: updateFolder,
    DeleteFolder: deleteFolder,
    MoveFolder: moveFolder,
    CopyFolder: copyFolder,
    EmptyFolder: emptyFolder,
    MarkAllItemsAsRead: markAllItemsAsRead,
    ConvertId: convertId,
    GetServerTimeZones: getServerTimeZones,
    GetUserAvailabilityRequest: getUserAvailability,
    GetUserOofSettingsRequest: getUserOofSettings,
    SetUserOofSettingsRequest: setUserOofSettings,
    GetDelegate: getDelegate,
    AddDelegate: addDelegate,
    UpdateDelegate: updateDelegate,
    RemoveDelegate: removeDelegate,
    GetRoomLists: getRoomLists,
    GetRooms: getRooms,
    GetUserPhoto: getUserPhoto,
    GetUserConfiguration: getUserConfiguration,
    Subscribe: subscribe,
    Unsubscribe: unsubscribe,
    GetEvents: getEvents,
  }),
)
