/** Where the announcements that were addressed to the roles of a person lie in `meta`. */
export const bulletinKey = 'bulletin'
