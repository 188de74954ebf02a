### The interface in English. Every other file in this folder has the same messages in the same order.

app-name = Atelier

## Commands: a label, and a tooltip where the label needs one

verb-generate = Generate
verb-generate-first = Generate next
verb-parameter-grid = X/Y grid…
verb-parameter-grid-tip = Generate every combination of one or two parameters as a labeled grid
verb-compare-blind = Blind comparison…
verb-compare-blind-tip = Send the same prompt to several models and pick a winner before seeing their names
verb-earlier-prompt = Previous prompt
verb-later-prompt = Next prompt
verb-focus-prompt = Go to the prompt
verb-focus-search = Search
verb-larger-text = Larger text
verb-smaller-text = Smaller text
verb-usual-text = Default text size
verb-next-panel = Next panel
verb-previous-panel = Previous panel
verb-open-settings = Settings
verb-open-shortcuts = Keyboard shortcuts
verb-next-theme = Switch theme
verb-go-to-date = Go to date
verb-select-all = Select all
verb-select-none = Clear selection
verb-open = Open
verb-back = Back
verb-toggle-inspector = Show or hide details
verb-reuse = Reuse settings
verb-reuse-tip = Load this image’s prompt, model and parameters into the composer
verb-edit = Edit
verb-edit-tip = Edit this image with a prompt
verb-use-as-reference = Use as reference
verb-use-as-reference-tip = Add to the reference images of the next prompt
verb-copy-prompt = Copy prompt
verb-copy-image = Copy image
verb-show-exchange = Request details
verb-show-exchange-tip = Show the raw request and response
verb-reveal = Show in folder
verb-batch = Batch
verb-batch-tip = Run a prompt on every selected image
verb-export = Export
verb-delete = Delete
verb-delete-tip = Move to the trash
verb-redo = Redo
verb-undo = Undo
verb-rate = { $stars ->
    [0] No rating
    [one] { $stars } star
   *[other] { $stars } stars
}
verb-pause-queue = Pause or resume queue
verb-pick = Pick
verb-reject = Reject
verb-move-left = Previous image
verb-move-right = Next image
verb-move-up = Image above
verb-move-down = Image below
verb-add-reference = Add reference
verb-import = Import images…
verb-reset = Reset
verb-reset-tip = Reset all parameters to the provider’s defaults

## Top bar

tab-create = Create
search-hint = Search prompts, tags, models, colors…
search-clear = Clear search

## Status bar

status-connected = { $provider } ready
status-untried = { $provider } not contacted yet
status-no-key = { $provider } has no key
status-asking-key = Waiting for the keychain
status-jobs = { $running } running · { $waiting } queued
status-running = { $running } running
status-trouble = { $provider }: { $trouble }
status-idle = Nothing running
status-images = { $count ->
    [one] 1 image · { $bytes }
   *[other] { $count } images · { $bytes }
}
font-missing = No font for this language is installed. Install one, such as the package fonts-noto-cjk (Debian, Ubuntu), google-noto-sans-cjk-fonts (Fedora) or noto-fonts-cjk (Arch), and restart Atelier.
font-use-english = Use English

## Queue

tab-queue = Queue
tab-queue-count = Queue { $count }
status-left = About { $time } left
status-spent = Today { $spent }
status-spent-of = Today { $spent } of { $most }
status-spent-tip = Show spending by day, model and collection
status-paused = Paused · { $waiting } queued
status-progress = { $done } of { $total } done
queue-running = { $count } running
queue-waiting = { $count } queued
queue-put-off = { $count } scheduled
queue-held-back = { $count } on hold
queue-failed = { $count } failed
queue-requests = { $count ->
    [one] 1 request
   *[other] { $count } requests
}
queue-done-of = { $done } of { $total } done
queue-spent = { $amount } spent
queue-to-come = ≈ { $amount } remaining
queue-unknown-prices = { $count } of unknown price
queue-nothing = The queue is empty
queue-nothing-hint = Requests wait here until they are sent. You can reorder, edit, hold or schedule them.
queue-to-create = Write a prompt
queue-no-prompt = No prompt
queue-hidden-model = Model hidden until you vote
queue-of-sheet = Prompt sheet: { $prompt }
queue-of-grid = X/Y grid: { $prompt }
queue-of-shootout = Blind comparison: { $prompt }
queue-of-many = { $prompt } and others
queue-generating = Generating · { $time }
queue-generating-left = Generating · { $time }, about { $left } left
queue-held = On hold
queue-not-before = Scheduled for { $time }
queue-waits-paused = Queue is paused
queue-waits-offline = Can’t reach the provider
queue-waits-limit = Rate-limited by the provider
card-waits-limit = Rate-limited by { $provider }
queue-turn = Queued · #{ $turn }
queue-pause-all = Pause all
queue-resume-all = Resume all
queue-let-go = Resume
queue-try-now = Retry now
queue-raise-cap = Change cap…
queue-retry-safe = { $count ->
    [one] Retry 1 uncharged
   *[other] Retry { $count } uncharged
}
queue-clear-ended = Clear finished
queue-cancel-waiting = Cancel all queued…
queue-is-paused = Queue paused. Running requests will finish; nothing new is sent.
queue-are-held = { $count ->
    [one] 1 request is on hold.
   *[other] { $count } requests are on hold.
}
queue-is-offline = { $provider } has been unreachable since { $since }. Nothing was charged. Retrying in { $next }.
queue-short-of-room = The library’s disk has { $free } free; the next request needs { $needed }. Free up space to continue.
queue-show-library = Show library folder
queue-waits-room = Waiting for disk space
queue-rests-asked = Rate-limited by { $provider }. Resuming automatically in { $time }.
queue-rests-refused = { $provider } is not accepting requests right now. Retrying in { $time }.
queue-rests-paced = { $provider } accepts about one request every { $gap }. Sending the next one in { $time }.
queue-capped-day = Daily cap reached: { $spent } of { $most } spent or reserved.
queue-capped-month = Monthly cap reached: { $spent } of { $most } spent or reserved.
queue-capped-batch = Batch cap reached: { $spent } of { $most } spent or reserved.
queue-capped-next = The next request is estimated at { $price }.
queue-capped-unknown = The price of the next request is unknown.
queue-hold = Hold: { $prompt }
queue-resume = Resume: { $prompt }
queue-first = Move to front: { $prompt }
queue-more = More actions: { $prompt }
queue-retry = Retry: { $prompt }
queue-edit = Edit…
queue-up = Move up
queue-down = Move down
queue-later-quarter = Schedule in 15 minutes
queue-later-hour = Schedule in 1 hour
queue-later-tonight = Schedule for 22:00 tonight
queue-later-at = Schedule…
queue-later-not = Run in queue order
queue-later-title = Schedule request
queue-later-time = Start time
queue-later-hint = A time such as 23:30, or a date and time such as 2026-12-24 08:00.
queue-later-wrong = Enter a time in the future.
queue-later-set = Schedule
queue-edit-prompt = Use in composer
queue-exchange = Request details
queue-duplicate = Duplicate
queue-copy-prompt = Copy prompt
queue-edit-title = Edit queued request
queue-edit-text = Prompt of this request
queue-edit-save = Save
queue-edit-default = Double-click to reset to the default, which is not sent.
queue-cancel-rest = Cancel rest…
queue-cancel-rest-of = Cancel remaining requests: { $prompt }
queue-retry-failed = Retry failed
queue-retry-failed-of = Retry failed requests: { $prompt }
queue-dismiss-of = Remove from list: { $prompt }
queue-cancel-title = { $count ->
    [one] Cancel 1 queued request?
   *[other] Cancel { $count } queued requests?
}
queue-cancel-words = They have not been sent, so you won’t be charged. Running requests continue.
queue-cancel-do = { $count ->
    [one] Cancel 1 request
   *[other] Cancel { $count } requests
}
queue-leave = Keep requests
queue-retry-title = { $count ->
    [one] Retry 1 request?
   *[other] Retry { $count } requests?
}
queue-retry-words = { $count ->
    [one] 1 of them may already have been charged. Retrying could charge you twice.
   *[other] { $count } of them may already have been charged. Retrying could charge you twice.
}
queue-retry-do = { $count ->
    [one] Retry
   *[other] Retry { $count }
}
left-seconds = { $n } s
left-minutes = { $n } min
left-hours = { $n } h
moment-tomorrow = { $time } tomorrow
moment-on = { $time } on { $date }

## Quitting while requests run

leaving-title = { $count ->
    [one] 1 request is running
   *[other] { $count } requests are running
}
leaving-words = { $count ->
    [one] If you quit now, its image will be lost, and you may still be charged.
   *[other] If you quit now, their images will be lost, and you may still be charged.
}
leaving-kept = { $count ->
    [one] 1 queued request is kept until you open Atelier again.
   *[other] { $count } queued requests are kept until you open Atelier again.
}
leaving-wait = Finish, then quit
leaving-now = Quit now
leaving-stay = Don’t quit
leaving-waits = { $count ->
    [0] Quitting…
    [one] Quitting when 1 request finishes
   *[other] Quitting when { $count } requests finish
}
leaving-ends-words = The system asked Atelier to quit. Running requests may still finish; nothing new is sent.
leaving-waits-words = Nothing new is sent until then.

## Notification when the queue finishes

run-done = { $count ->
    [one] 1 request finished
   *[other] { $count } requests finished
}
run-failed = { $count ->
    [one] 1 failed
   *[other] { $count } failed
}
announce-queued = { $count ->
    [one] 1 request queued
   *[other] { $count } requests queued
}
announce-progress = { $done } of { $total } done
announce-failed = { $title }. { $charge }
announce-run-ended = { $title }, { $failed }
announce-paused = Queue paused
announce-resumed = Queue resumed
run-nothing-done = No images were made

## Spending

spending-title = Spending
spending-week = 7 days
spending-month = This month
spending-ever = All time
spending-by-day = By day
spending-by-model = By model
spending-by-collection = By collection
spending-export = Export CSV…
spending-caps = Spending caps…
spending-estimated = including { $amount } estimated
spending-reading = Calculating…
spending-nothing = No requests in this period.
spending-no-collections = None of these images is in a collection.
spending-table = Requests, images and cost
spending-pictures = { $count ->
    [one] 1 image
   *[other] { $count } images
}

## Sizes, durations and dates

bytes-b = { $n } B
bytes-kb = { $n } kB
bytes-mb = { $n } MB
bytes-gb = { $n } GB
bytes-tb = { $n } TB
duration-ms = { $n } ms
duration-s = { $n } s
duration-min = { $minutes } min { $seconds } s
today = Today
yesterday = Yesterday

## Failures: a title, what happened (.what), and what to do next (.next)

failure-no-connection = No connection
    .what = Atelier could not reach the provider.
    .next = Check the network and the base URL in Settings.
failure-insecure-connection = Connection not secure
    .what = The provider’s certificate or encryption is not acceptable.
    .next = Check the base URL and this computer’s clock.
failure-certificate-refused = Certificate not trusted
    .what = This computer does not trust the server’s certificate.
    .next = Check the base URL and this computer’s clock.
certificate-unknown-issuer = The certificate of { $host } comes from an issuer that this computer does not trust.
    .next = If this is your server, compare the fingerprint with the server’s own, then trust this certificate for this provider.
certificate-expired = The certificate of { $host } has expired.
    .next = Check this computer’s clock. If it is right, have the certificate renewed, or compare the fingerprint and trust it for this provider.
certificate-not-yet-valid = The certificate of { $host } is not valid yet.
    .next = Check this computer’s clock. If it is right, compare the fingerprint with the server’s own, then trust this certificate for this provider.
certificate-wrong-host = The certificate of { $host } was issued for another host.
    .next = Check the base URL. If this is your server, compare the fingerprint with the server’s own, then trust this certificate for this provider.
certificate-revoked = The certificate of { $host } was revoked by its issuer.
    .next = Send nothing to this server until it has a new certificate.
certificate-unusable = The certificate of { $host } is damaged or not meant for a server.
    .next = Ask whoever runs the server for a new certificate.
certificate-fingerprint = SHA-256 fingerprint: { $fingerprint }.
certificates-none = This computer has no trusted certificates, so Atelier can’t check the server.
certificates-none-next = Install your system’s certificates (on Linux the package ca-certificates), then retry.
certificates-none-named = Atelier could not read any certificate from { $variables }, so it can’t check the server.
certificates-none-named-next = Correct or remove { $variables } in the environment, then restart Atelier.
address-used = Requests go to { $url }.
address-encryption-assumed = No http:// or https:// was entered, so https is used.
address-plain-assumed = No http:// or https:// was entered, so http is used, as usual for a server on this computer or in your own network.
address-scheme-corrected = The scheme was read as { $scheme }://.
address-endpoint-left-out = “/{ $path }” was left out, because Atelier adds the endpoint.
address-other-endpoint = Requests use { $used }. To use { $named }, choose that endpoint (on the command line: --dialect { $option }).
address-fragment-left-out = The part after # was left out, because it is never sent.
address-empty = No base URL was entered.
address-wrong-scheme = { $scheme }: is not a web address. Enter a base URL that starts with https:// or http://.
address-no-host = The base URL has no host.
address-wrong-host = The host in the base URL is not valid.
address-wrong-port = The port in the base URL must be a number up to 65535.
address-next = Enter an address such as https://api.example.com/v1.
address-web-page = The base URL leads to a web page instead of an API.
address-web-page-next = Enter the address of the API in Settings, not that of the website. Most end in /v1.
address-credentials = The base URL contains a user name or password, which could be seen in files and logs.
address-credentials-next = Remove everything before the @, and enter the key in the key field.
key-flaw-empty = This text contains no key.
key-flaw-shortened = This is the shortened form that the provider’s page shows, not the whole key.
key-flaw-line-break = The key contains a line break.
key-flaw-blank = The key contains a space.
key-flaw-address = This is a web address, not a key.
key-flaw-character = The key contains { $character }, which is not allowed in a key.
key-flaw-next = Copy the whole key again from the provider’s page.
failure-wrong-url = Invalid base URL
    .what = The base URL is invalid or does not lead to an API.
    .next = Correct the base URL in Settings.
failure-redirected = Request redirected
    .what = The provider redirects the request to another address. Atelier sends a prompt only once and does not follow redirects.
    .next = Enter the new address as the base URL in Settings.
failure-no-key = No API key
    .what = This provider needs an API key.
    .next = Add a key in Settings.
failure-unusable-key = Invalid API key
    .what = The key contains characters that can’t be sent.
    .next = Copy the whole key again from the provider’s page.
failure-host-not-confirmed = Host not confirmed
    .what = The key of this provider is sent to its host only after you confirm the host.
    .next = Confirm it in Settings, or run “atelier profiles trust” with the provider’s name.
failure-wrong-key = API key rejected
    .what = The provider does not accept this API key.
    .next = Replace the key in Settings.
failure-key-expired = API key expired
    .what = The provider reports that this API key has expired.
    .next = Replace the key in Settings.
failure-key-limit = Key limit reached
    .what = This API key has reached its spending limit.
    .next = Raise the limit, wait for it to reset, or use another key.
failure-no-money = No credit left
    .what = The account has no credit or quota left.
    .next = Add credit at the provider, or choose another provider.
failure-not-allowed = Not allowed
    .what = This API key has no access to the model.
    .next = Choose another model, or use another key.
failure-unknown-model = Unknown model
    .what = The provider does not offer this model.
    .next = Choose a model from the list.
failure-not-found = Nothing at this address
    .what = The provider has no API at this address.
    .next = Check the base URL in Settings. Most end in /v1.
failure-rate-limited = Rate limit reached
    .what = The provider accepts no more requests for the moment.
    .next = Wait a moment and retry, or lower the number of concurrent requests in Settings.
failure-too-large = Request too large
    .what = The request is larger than the provider accepts.
    .next = Use fewer or smaller reference images.
failure-bad-request = Request rejected
    .what = The provider did not accept the request.
    .next = Change a parameter or the model, then retry.
failure-prompt-blocked = Prompt blocked by the safety filter
    .what = The provider rejected the prompt before it generated anything.
    .next = Edit the prompt.
failure-image-blocked = Blocked by the model’s safety filter
    .what = The model generated no image because of its safety filter.
    .next = Edit the prompt, or retry.
failure-no-image = No image in the response
    .what = The model responded with text only.
    .next = Ask for an image in the prompt, or choose an image model.
failure-nothing-drawn = No image generated
    .what = The model stopped without generating an image.
    .next = Retry, or edit the prompt.
failure-tool-called = Tool call instead of an image
    .what = The model asked to use a tool, which Atelier does not offer.
    .next = Choose an image model.
failure-empty-answer = Empty response
    .what = The provider sent an empty response. Some do so when a filter blocks the prompt.
    .next = Edit the prompt, retry, or choose another model.
failure-not-understood = Unreadable response
    .what = Atelier can’t read this response. It may be a web page rather than an API.
    .next = Check the base URL in Settings.
failure-gateway-failed = Provider error
    .what = Something failed on the provider’s side.
    .next = Retry later.
failure-timed-out = Timed out
    .what = The provider did not respond in time.
    .next = Retry, or choose a faster model.
failure-no-progress = No progress
    .what = The provider kept the connection open without sending content.
    .next = Retry, or choose a faster model.
failure-took-too-long = Response took too long
    .what = The response did not finish within the time limit.
    .next = Retry, or raise the response timeout in the provider’s advanced settings.
failure-cut-off = Connection lost
    .what = The connection broke while the response was arriving.
    .next = Check the network, then retry.
failure-answer-too-large = Response too large
    .what = The response is larger than Atelier accepts.
    .next = Generate fewer images at once, or choose a smaller size.
failure-unpacks-too-large = Compressed response too large
    .what = The compressed response unpacks to far more data than Atelier accepts.
    .next = Generate fewer images at once, or contact the provider.
failure-image-too-large = Image file too large
    .what = The image file is larger than Atelier accepts.
    .next = Choose a smaller size or a compressed format.
failure-broken-image = Broken image
    .what = An image in the response is damaged or incomplete.
    .next = Retry.
failure-unknown-format = Format not supported
    .what = The provider sent an image in a format that Atelier can’t show.
    .next = Choose another output format or model.
failure-format = Format: { $format }.
failure-some-stored = { $count ->
    [one] 1 image of this response is in your library.
   *[other] { $count } images of this response are in your library.
}
failure-kept = The response is kept. You can read it again for free, even after an update, or save it as received.
failure-kept-temporary = The library’s disk failed, so the response was saved to { $path }. Atelier moves it into the library when the disk works again.
failure-kept-memory = The response could not be saved to any disk and is in memory only. Free up space before you quit Atelier.
failure-absurd-dimensions = Image too large
    .what = The image’s dimensions are larger than Atelier accepts.
    .next = Choose a smaller size.
failure-link-failed = Broken image link
    .what = The image link in the response could not be opened.
    .next = Fetch the image again soon. It’s free, but such links expire.
failure-link-refused = Image link not allowed
    .what = The response links to an address in your own network that does not belong to the provider. Atelier did not open it.
    .next = If you trust this provider, allow links to other ports in its advanced settings, then fetch the image again. It’s free.
failure-links-timed-out = Image links took too long
    .what = Some linked images did not arrive within the time limit.
    .next = Fetch the images again soon. It’s free, but such links expire.
failure-task = Task: { $task }.
failure-task-unfinished = Task not finished
    .what = The provider is still generating the image.
    .next = Fetch the image again later. It’s free.
failure-task-not-found = Task can’t be tracked
    .what = The provider sent a task ID instead of the image.
    .next = Fetch the image again later, free of charge, or look for the task on the provider’s page.
failure-too-many-links = Too many image links
    .what = The response links to more images than Atelier fetches. Only the first ones were fetched.
    .next = Generate fewer images at once.
failure-reference-unreadable = Unreadable reference image
    .what = Atelier could not read a reference image.
    .next = Remove it and add it again.
failure-disk-full = Disk full
    .what = The library’s disk has no space for the response and its images.
    .next = Free up space. Atelier resumes automatically and never requests a paid response twice.
failure-cannot-write = Library not writable
    .what = Atelier can’t write to the library folder.
    .next = Check the folder’s permissions, then retry.
failure-keychain-silent = Keychain not responding
    .what = The system’s keychain is locked or not responding.
    .next = Unlock it, then retry.
spending-all = Total
spending-sum = { $known } reported by providers, { $estimated } estimated, { $requests ->
    [one] 1 request
   *[other] { $requests } requests
}, { $unknown } of unknown price
failure-over-cap = Spending cap reached
    .what = This request would exceed your spending cap.
    .next = Raise the cap in Settings, or wait until the day or month ends.
failure-interrupted = Interrupted
    .what = Atelier quit while this request was running.
    .next = Retry if you still want the image.
failure-cancelled = Canceled
    .what = This request was canceled.
    .next = Retry if you still want the image.

charge-no = You were not charged.
charge-maybe = You may have been charged.
charge-yes = You were charged.
failure-words = Provider message: “{ $words }”
failure-wait = The provider asks to wait { $duration }.

## Toasts, imports and notices

undo = Undo
close-message = Close this message
toast-deleted = { $count ->
    [one] 1 image moved to the trash
   *[other] { $count } images moved to the trash
}
toast-organised = { $count ->
    [one] 1 image changed
   *[other] { $count } images changed
}
toast-changing = Changing { $done } of { $total } images…
toast-deleting = Moving { $done } of { $total } images to the trash…
toast-restoring = Restoring { $done } of { $total } images…
toast-emptying = Permanently deleting { $done } of { $total } images…
toast-emptied = { $count ->
    [one] 1 image permanently deleted
   *[other] { $count } images permanently deleted
}
toast-copied = Copied
toast-not-opened = Can’t open { $list }. Atelier opens images, folders, and one table at a time: CSV, TSV, XLSX or JSON Lines.
toast-undone = Undone: { $change }
undone-settings = change of settings
undone-prompt-library = change of styles and snippets
undone-composer = change in the composer
undone-deletion = move to the trash
undone-import = import
undone-marks = change of images and collections
toast-no-model = This image’s model is unknown. Keeping the current model
toast-other-model = Model “{ $name }” is not available. Keeping the current model
toast-taken-over = Settings loaded into the composer
toast-near-model = Using “{ $name }” instead of “{ $wanted }”
toast-not-taken = Not loaded: { $list }
foreign-title = Imported
foreign-copied = Copied from
foreign-stays = Located at
foreign-tool = Software
foreign-negative = Negative prompt
foreign-steps = Steps
foreign-sampler = Sampler
foreign-guidance = Guidance
foreign-guessed = Guessed
stop = Stop
toast-importing = Importing images: { $done } of { $total }
import-new = { $count ->
    [0] No new images
    [one] 1 image imported
   *[other] { $count } images imported
}
import-there = { $count ->
    [one] 1 already in the library
   *[other] { $count } already in the library
}
import-found = { $count ->
    [one] 1 relinked
   *[other] { $count } relinked
}
import-trashed = { $count ->
    [one] 1 of them in the trash
   *[other] { $count } of them in the trash
}
import-failed = { $count ->
    [one] 1 failed
   *[other] { $count } failed
}
top-import = Import images
verb-import-folders = Import folders…
import-title = { $count ->
    [one] Import a file or folder
   *[other] Import { $count } files and folders
}
import-more = { $count ->
    [one] and 1 more
   *[other] and { $count } more
}
import-copy = Copy into the library (recommended)
import-copy-note = The library keeps its own copy of every image. Your files are not changed.
import-leave = Leave in place
import-leave-note = Images stay in their folders. If a file is moved or deleted, or its disk is disconnected, its image can’t be shown. Atelier never touches the files.
import-as-references = Use as references
import-as-references-note = Send them with the next prompt, without adding them to the gallery.
import-do = Continue
import-note = Each image is imported only once.
import-show = Show
import-failures = { $count ->
    [one] 1 file was not imported
   *[other] { $count } files were not imported
}
drop-import = Drop to import into the library
drop-anywhere = Drop to import or use as reference (you’ll be asked)
import-left = { $count ->
    [one] 1 not attempted
   *[other] { $count } not attempted
}
import-cancelled = stopped early
import-full-stop = {". "}
import-and = {", "}
import-unreadable = The file can’t be read ({ $reason })
import-no-picture = Atelier can’t open this kind of file
import-empty = The file is empty
import-foreign = Atelier can’t open { $format } files; export it as PNG or JPEG
import-film = { $format } is a video; export a frame as PNG or JPEG
import-unsupported = Atelier can’t open this kind of image ({ $what }); export it as PNG or JPEG
import-skipped = { $count ->
    [one] 1 file skipped that is not an image
   *[other] { $count } files skipped that are not images
}
import-skipped-kinds = { $count ->
    [one] 1 file skipped: { $kinds }
   *[other] { $count } files skipped: { $kinds }
}
import-skipped-kind = { $count } { $kind }
import-skipped-others = { $count ->
    [one] 1 other
   *[other] { $count } others
}
import-broken = The image is damaged
import-odd-path = The name of the file or its folder contains unreadable characters, so it can only be copied
import-not-tried = Not attempted
import-too-large = The image is too large
import-cannot-store = Atelier couldn’t save it ({ $reason })
import-make-room = Imported images are kept. Free up disk space or make the folder writable, then import the same files again: no image is stored twice.
notice-reference-not-fetched = The image at { $host } can’t be used as a reference.
notice-reference-no-address = This link can’t be opened. Use one that starts with https://
notice-reference-data = The pasted data contains no image.
notice-reference-too-large = The file is larger than 64 MB.
notice-reference-private = The link leads to a private network.
notice-reference-no-picture = The link does not lead to an image that Atelier can open.
notice-reference-foreign = Atelier can’t open { $format } files such as { $name }. Export it as PNG or JPEG.
notice-reference-refused = { $name } can’t be used as a reference image
notice-response-saved = { $count ->
    [one] Saved 1 file: { $path }
   *[other] Saved { $count } files, the first as { $path }
}
notice-nothing-kept = This response is no longer kept
notice-response-not-saved = Couldn’t save the response: { $reason }
notice-cannot-reveal = Couldn’t open the file manager
notice-no-dialog = Couldn’t open the file dialog
typed-path-title = Type a path
typed-path-why = The system’s file dialog could not be opened. Type or paste the path instead.
typed-path-file = Path of the file
typed-path-files = Paths of files or folders, one per line
typed-path-folders = Paths of folders, one per line
typed-path-target-folder = Path of the folder to save in
typed-path-new-file = Path of the new file
typed-path-use = Use path
typed-path-not-absolute = { $path } is not a complete path. Begin with / or ~.
typed-path-missing = { $path } does not exist
typed-path-wrong-kind = { $path } is not what is needed here
typed-path-exists = { $path } already exists. Choose another name.
notice-cannot-save = Couldn’t write { $path }: { $reason }
notice-in-library = { $path } is inside the library folder. Choose a folder outside it.
notice-task-failed = Atelier ran into an internal error and did not finish this. Details are in the log.
notice-cannot-organise = Couldn’t save this change: { $reason }
notice-cannot-delete = Couldn’t use the trash: { $reason }
notice-library-trouble = Couldn’t read the library: { $reason }
notice-interrupted = { $count ->
    [one] 1 request was interrupted when Atelier last quit
   *[other] { $count } requests were interrupted when Atelier last quit
}
notice-profiles-imported = { $count ->
    [0] All providers in that file are already in Settings
    [one] 1 provider added
   *[other] { $count } providers added
}
notice-wildcards-refused = Couldn’t import wildcards from “{ $name }”: { $reason }
notice-profiles-confirm = { $imported }. Before a key is sent to a new host, confirm the host in Settings or with “atelier profiles trust”.
notice-profiles-refused = Couldn’t import providers from “{ $name }”.
notice-profiles-not = The file does not contain providers.
notice-profiles-later = The file was written by a newer version of Atelier.
notice-profiles-wrong-url = The base URL of “{ $profile }” is not a web address.
notice-profiles-exported = Providers exported to { $path }
notice-profiles-left-out = Left out because they may be secret: { $names }.
notice-styles-refused = Couldn’t import styles from “{ $name }”.
notice-styles-none = The file contains no styles.
notice-styles-exported = { $count ->
    [one] 1 style exported to { $path }
   *[other] { $count } styles exported to { $path }
}
notice-held = { $count ->
    [one] 1 request left from the last session is on hold.
   *[other] { $count } requests left from the last session are on hold.
}
notice-spending-exported = { $count ->
    [one] 1 request exported to { $path }
   *[other] { $count } requests exported to { $path }
}
notice-too-late-to-change = That request has already been sent and can’t be edited.
notice-settings-lost = { $count ->
    [one] Atelier doesn’t recognize the value of the setting { $values } and uses its default. The old file is kept as { $copy }.
   *[other] Atelier doesn’t recognize the values of the settings { $values } and uses their defaults. The old file is kept as { $copy }.
}
notice-recovered = { $count ->
    [one] 1 image that had already arrived was saved
   *[other] { $count } images that had already arrived were saved
}

## Welcome

welcome-title = Describe an image, then press { $keys }
welcome-demo = You are using the built-in demo provider: it draws on this computer, needs no key and costs nothing. Add a DGrid key to generate with real models.
welcome-ready = Images appear here as they arrive, and stay on this computer.
welcome-add-key = Add API key
welcome-example = Try an example prompt
intro-demo = The demo provider works at once: it draws on this computer, needs no key and costs nothing.
intro-key = To generate with real models, add the API key of a provider.
intro-generate = Write a prompt and press { $keys } to generate.
intro-library = Images are kept in { $path }.
intro-dismiss = Got it
example-lighthouse = A lighthouse on a cliff at dawn, mist over the sea, soft warm light, wide angle
example-tea = A cup of oolong tea on a wooden table by a rainy window, shallow depth of field
example-city = A city skyline at blue hour, reflections on wet streets, neon signs, cinematic
example-forest = A quiet path through a bamboo forest, sunbeams in light fog, watercolor

## Composer

prompt-hint = Describe an image…
composer-prompt = Prompt
composer-letters = { $count ->
    [one] 1 character
   *[other] { $count } characters
}
mask-title = Paint the area to regenerate
mask-note = Only the painted area changes. [ and ] resize the brush; E switches to the eraser.
mask-use = Apply mask
mask-none = No mask
mask-brush = Brush
mask-brush-tip = Paint the area to regenerate (E)
mask-eraser = Eraser
mask-eraser-tip = Erase painted areas (E)
mask-size = Size
mask-size-tip = Brush size ([ and ])
mask-percent = { $percent }%
mask-undo = Undo stroke
mask-undo-tip = Undo the last stroke (Ctrl+Z)
mask-clear = Clear
mask-loading = Loading image…
mask-canvas = Mask canvas: arrow keys move the brush, Space paints
mask-covered = { $percent }% painted
mask-paint = Paint a mask…
mask-paint-tip = Inpaint part of the first reference image
mask-change = Mask…
mask-remove = Remove mask
edit-section = Editing
edit-leave = Exit edit mode
edit-leave-name = Stop editing this image
edit-alone = This image only
edit-alone-tip = Sends only this image with your prompt
edit-converse = Full conversation
edit-converse-tip = Also sends the earlier prompts and images
edit-go-on = Continue from step { $step }
edit-open = Open the image of step { $step }
edit-along = { $count ->
    [one] 1 image will be sent
   *[other] { $count } images will be sent
}
prompt-hint-edit = What should change?
composer-references = Reference images
composer-references-none = Drop, paste or add
composer-references-no-drop = Paste copied files, or add
drop-wayland = Files can’t be dropped on this window under Wayland. Copy and paste them, use Import images…, or start Atelier without WAYLAND_DISPLAY so that it uses X11.
composer-drop = Drop to use as reference
composer-add-tip = Add a reference image for the model
composer-remove-reference = Remove { $name }
composer-model = Model
composer-model-hint = Type or choose a model
composer-models = Models
composer-show-models = Show models
composer-refresh-models = Reload the model list
composer-no-models = No model list from this provider. Type any model ID.
composer-no-such-model = Not in the list. It will be sent exactly as typed.
composer-provider = Provider: { $provider }
composer-providers = Providers and keys…
composer-no-provider = Choose a provider
composer-no-key = no key
composer-aspect = Aspect ratio
composer-more-ratios = More aspect ratios
composer-size = Size
composer-pixels = Width × height
composer-width = Width in pixels
composer-height = Height in pixels
composer-pixels-nearest = Sent as { $size }, the nearest size this model supports
composer-pixels-classes = Sent as { $size }: this model doesn’t accept sizes in pixels
composer-parameters = Parameters
composer-advanced = Advanced
composer-advanced-note = penalties, tokens, stop…
composer-advanced-set = { $count } set
composer-generate-many = Generate { $count } images
composer-more-ways = More ways to generate

# X/Y grids
grid-title = X/Y grid
grid-hint = Runs the current prompt once for every combination of columns and rows. Also called a parameter grid.
grid-columns = Columns
grid-rows = Rows
grid-no-axis = None
grid-style = Style
grid-no-style = No style
grid-values = { $count ->
    [one] 1 value
   *[other] { $count } values
}
grid-values-of = Values: { $axis }
grid-hint-numbers = 0.2, 0.5, 1 or 0.2..1.0..0.2
grid-hint-seeds = 7, 21 or 1..4
grid-hint-texts = One per line
grid-random-seeds = { $count } random
grid-add-model = Add a model
grid-remove-model = Remove { $model }
grid-search-models = Search models, or type an ID
grid-add-typed = Add “{ $model }”
grid-preview = Layout
grid-more-cells = { $count ->
    [one] and 1 more cell
   *[other] and { $count } more cells
}
grid-set = { $columns } × { $rows } = { $requests }
grid-set-of-variants = { $columns } × { $rows } × { $variants } = { $requests }
grid-no-values = Choose a parameter and enter values.
grid-not-values = One of the values is not valid.
grid-not-number = “{ $what }” is not a number or a range.
grid-no-step = “{ $what }” needs a step: 0.2..1.0..0.2
grid-outside = “{ $what }” is not between { $least } and { $most }.
grid-too-many-values = There are more than { $most } values.
contact-title = X/Y grid
contact-running = { $count } running
contact-failed = { $count } failed
contact-ask-again = { $count ->
    [one] Retry 1 failed
   *[other] Retry { $count } failed
}
contact-ask-again-tip = Regenerate failed and canceled cells
contact-close = Back to all images
contact-export = Export as one image
contact-cell = Image size
contact-pixels = { $count } px
contact-smaller = The grid would be too large, so its images are reduced to { $count } px.
contact-file = grid
contact-saved = Saved as { $path }
inspector-show-grid = Show grid
inspector-show-contest = Show comparison

# Blind comparisons
blind-title = Blind comparison
blind-hint = Each model generates one image. Names are hidden and the order is random until you pick a winner.
blind-start = { $count ->
    [one] Compare 1 model
   *[other] Compare { $count } models
}
blind-two-models = Choose at least two models.
blind-too-many = You can compare at most { $most } models at once.
blind-one-prompt = This prompt expands to several prompts. A blind comparison needs exactly one.
contest-title = Blind comparison
contest-hint = Which one is best? Press 1–{ $last }, or 0 for no winner.
contest-waiting = { $done } of { $all } ready
contest-too-few = Fewer than two images arrived. Retry or skip.
contest-won = Winner: { $model }
contest-tied = No winner
contest-skipped = Skipped: not counted for any model
contest-tie = No winner
contest-skip = Skip
contest-skip-tip = Reveal the names without picking a winner; not counted for any model
contest-best = { $letter } is best
contest-picture = Image { $letter }
contest-again = Retry: { $which }
contest-gone = This image was deleted.
contest-standings = Blind comparison results
contest-score = won { $won } of { $seen } · { $percent }%
contest-never-seen = not compared yet
fact-blind = hidden until you pick a winner

composer-price = ≈ { $price }
composer-left-out = Not sent to this model: { $list }
composer-variants = { $count ->
    [one] 1 variant
   *[other] { $count } variants
}
composer-variants-beyond = more than 1,000,000,000,000 variants
composer-beyond = more than { $what }
composer-images = { $count ->
    [one] 1 image
   *[other] { $count } images
}
composer-set = { $variants } × { $images } = { $requests }
composer-set-of-variants = { $variants } = { $requests }
composer-at-once = { $count } at a time
composer-time = { $at_once } ≈ { $time }
composer-preview = Show { $variants }
composer-preview-tip = Show the prompts that will be sent
composer-preview-more = and { $count } more
composer-every = Every combination
composer-every-tip = Sends every combination of the options in braces
composer-every-short = All
composer-random = Random selection
composer-random-tip = Sends a random selection; the same seed picks the same prompts.
composer-random-count = Number of prompts
composer-random-seed = Seed for the selection
composer-random-other = Pick other prompts
composer-as-written = Literal text
composer-as-written-tip = Sends { "{ }" } and $ literally
composer-history = History
composer-history-search = Search prompt history
composer-history-none = No prompts found
composer-avoid = Negative prompt
composer-avoid-more = Negative prompt…
composer-avoid-tip = Things to leave out. Sent as text after the prompt, because providers have no separate field.
composer-avoid-hint = text, watermark, fog
composer-avoid-note = Sent after the prompt: “Avoid: { $words }”
wildcards = Wildcards
wildcards-none = A wildcard is a list of options. Its name in a prompt, such as __animal__, is replaced by one of its lines.
wildcards-edit = Edit wildcards…
wildcards-new = New wildcard
wildcards-name = Wildcard name
wildcards-name-hint = animal, or place/city
wildcards-text = Wildcard options
wildcards-text-hint = One option per line
wildcards-save = Save
wildcards-delete = Delete
wildcards-import = Import…
styles = Styles
styles-add = Style
styles-edit = Edit styles…
styles-search = Search styles
styles-none = A style adds text before and after any prompt, and can set parameters. Create one, or import a file of styles.
styles-new = New style
styles-first = Style
styles-name = Style name
styles-take-off = Remove { $name }
styles-prefix = Before prompt
styles-prefix-hint = a film still of
styles-suffix = After prompt
styles-suffix-hint = 35 mm, grain, soft light
styles-negative = Negative prompt
styles-negative-hint = text, watermark
styles-no-parameters = Sets no parameters.
styles-take-parameters = Use composer parameters
styles-clear-parameters = Clear
styles-set = Set by styles: { $list }
styles-export = Export…
styles-import-tip = Atelier styles (JSON) or A1111 styles (styles.csv). Existing styles are not replaced.
snippets = Snippets
snippets-search = Search snippets and variables
snippets-none = A snippet is a text that you can insert into prompts. Select some text in the prompt to save it.
snippets-save = Save selected text
snippets-edit = Edit snippets and variables…
snippets-new = New snippet
snippets-first = Snippet
snippets-name = Snippet name
snippets-text = Snippet text
snippets-text-hint = Text or a template
variables = Variables
variables-none = A variable is a named text. $style in a prompt is replaced by the text of “style”.
variables-new = New variable
variables-first = name
variables-name = Variable name
variables-name-wrong = A name can’t contain spaces or prompt syntax.
variables-text = Value
variables-text-hint = Text or a template such as { "{" }ink|oil{ "}" }
kit-name-empty = Enter a name.
kit-name-taken = That name is taken. Keeping the old name.
kit-removed = “{ $name }” deleted.
kit-up = Move up
kit-down = Move down
wildcards-discard = Discard
wildcards-stay = Keep editing
wildcards-unsaved = “{ $name }” has unsaved changes.
wildcards-unsaved-new = The new wildcard is not saved yet.
wildcards-lines = { $count ->
    [one] 1 option
   *[other] { $count } options
}
template-no-wildcard = Wildcard “{ $name }” is not defined. It will be sent as text.
template-empty-wildcard = Wildcard “{ $name }” is empty. Its name will be sent as text.
template-no-variable = Variable ${ $name } is not defined. It will be sent as text.
template-circular = “{ $name }” refers to itself.
template-too-deep = Braces or names are nested too deeply.
template-too-long = The expanded prompt is too long for any model.
template-too-many = Too many options are picked at once.
question-title = { $count ->
    [one] Send 1 request?
   *[other] Send { $count } requests?
}
question-send = Send { $count }
list-separator = ,{" "}
fact-separator = {" "}·{" "}
left-out-turns = earlier turns of the conversation
left-out-turns-before = { $count ->
    [one] the oldest turn
   *[other] the { $count } oldest turns
}
left-out-mask = the mask
left-out-references = { $count ->
    [one] 1 reference
   *[other] { $count } references
}
abilities-unknown = not known for this model
abilities-no-choice = chosen by the model
abilities-fixed-size = always about { $size }
abilities-not-taken = Not supported by this model
learned-never = This model hasn’t honored this before
learned-never-came = No { $what } result so far
learned-references-ignored = ignored by this model so far
references-of = { $count } of { $limit }
references-too-many = { $count }, only { $limit } will be sent
references-best = { $count }, { $limit } or fewer recommended
references-fetching = { $count ->
    [one] Fetching 1 image…
   *[other] Fetching { $count } images…
}
references-smaller = Downscaled for this model before sending: { $names }. Originals are unchanged.
references-converted = Converted for this model before sending: { $names }. Originals are unchanged.
reference-mention = Mention @{ $name } in the prompt
reference-put-in = Mention in prompt
reference-rename = Rename
reference-rename-named = Rename @{ $name }
reference-name = Reference name
reference-earlier = Move earlier
reference-later = Move later
reference-where-used = Show where used
reference-remove = Remove
composer-no-reference = No reference is named { $name }. It will be sent as text.
references-not-taken = not supported by this model
model-price = ~{ $price } / image
model-price-unknown = price unknown
model-free = free
model-unknown = no information
model-no-images = probably text only
model-no-references = no references
model-references = { $count ->
    [one] 1 reference
   *[other] { $count } references
}
model-reference-bytes = up to { $bytes } each
model-deprecated = Deprecated
model-ends = Available until { $date }
model-ended = Shut down on { $date }
model-ended-instead = Shut down on { $date }; choose { $model }
model-instead = use { $model }
model-other-endpoint = This model usually uses { $endpoint }, but this provider is set to another endpoint.
composer-add-key = Open Settings
provider-demo = Demo (offline)
default = Default
default-not-sent = Default (not sent)
more = More
on = On
off = Off
parameter-images = Number of images
parameter-images-short = Images
parameter-temperature = Temperature
parameter-top-p = Top-p
parameter-tip = Not sent while set to default; the provider then uses its own value, usually { $value }. Double-click the slider to reset.
parameter-seed = Seed
parameter-seed-tip = The same seed gives the same image with models that support it
seed-random = Random
seed-fixed = Fixed
seed-count-up = Increment
seed-count-up-tip = Each request uses the next seed, continuing the next time you generate
seed-of-picture = Use image’s seed
seed-of-picture-tip = Use { $seed }, the seed of the selected image
presets = Presets
presets-tip = Saved parameters for this model
presets-none = No presets for this model yet.
presets-name = Preset name
presets-save = Save
presets-update = Update { $name } with current settings
presets-delete = Delete { $name }
presets-undo = Restore { $name }
recall = Reuse only…
recall-everything = Everything
recall-prompt = Prompt as sent
recall-template = Template and styles
recall-parameters = Parameters
recall-seed = Seed
recall-references = References
diff = Differences
diff-tip = Compare this prompt with the prompt of the selected image
diff-title = From the image’s prompt to this one
diff-removed = removed “{ $words }”
diff-added = added “{ $words }”
parameter-stream = Streaming
parameter-stream-tip = Receive the response while it is generated
parameter-presence-penalty = Presence penalty
parameter-frequency-penalty = Frequency penalty
parameter-max-tokens = Max tokens
parameter-max-completion-tokens = Max completion tokens
parameter-user = User
parameter-contents = Gemini parts
parameter-contents-tip = Also send prompt and references as “contents” with inlineData, the format of Gemini’s own API
parameter-stop = Stop sequences
parameter-stop-note = one per line, up to 4
parameter-logit-bias = Logit bias
parameter-tools = Tools
parameter-tool-choice = Tool choice
parameter-response-format = Response format
fault-not-whole = Enter a whole number
fault-not-above-zero = Enter a whole number above zero
fault-too-many = Enter at most four
fault-not-json = Invalid JSON: line { $line }, column { $column }
fault-unfinished = Incomplete JSON: the end is missing
fault-not-biases = Must map token IDs to numbers from −100 to 100, such as {"{"}"50256": -100{"}"}
fault-not-list = Must be a list of objects in square brackets
fault-not-choice = Must be auto, none, required or an object
fault-not-typed = Must be an object with a type, such as {"{"}"type": "text"{"}"}
obstacle-newer-library = This library was created by a newer version of Atelier and is read-only. Update Atelier to generate images or change anything.
obstacle-too-many = You can send at most { $most } requests at once.
obstacle-prompt = Write a prompt first
obstacle-model = Choose a model first
obstacle-provider = This provider was removed from Settings.
obstacle-key = { $provider } needs an API key.
obstacle-entry = Correct “{ $field }”: its value can’t be sent.

## Settings

done = Done
settings-title = Settings
settings-providers = Providers
settings-library-section = Library
settings-appearance = Appearance
settings-about = About
settings-search = Search settings
settings-not-found = No setting matches.
about-version = Version
about-what = A desktop studio that generates images from prompts through OpenAI-compatible providers.
about-copy = Copy version
about-licenses = Licenses
about-license-of = { $name }: { $license }
about-folders = Folders
about-config = Settings folder
about-logs = Log folder
settings-queue = Queue and spending
settings-resume = Unfinished requests at launch
settings-resume-ask = Keep on hold
settings-resume-go-on = Resume automatically
settings-caps = Spending caps in US dollars
settings-cap-day = Per day
settings-cap-month = Per month
settings-cap-batch = Per batch
settings-cap-none = No cap
settings-cap-wrong = Enter an amount
settings-cap-spent = { $amount } so far
settings-caps-hint = When a cap is reached, the queue pauses until you raise it or the period ends. Running requests count with their estimated cost.
settings-kept = Keep responses without images for
settings-kept-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
settings-kept-size = Use at most
settings-kept-none = No responses are kept.
settings-kept-now = { $count ->
    [one] 1 response is kept, { $size }. It may have been charged; you can read it again from its card.
   *[other] { $count } responses are kept, { $size }. They may have been charged; you can read them again from their cards.
}
settings-kept-show = Show cards
settings-kept-delete = Delete kept responses…
settings-kept-confirm = { $count ->
    [one] Permanently delete 1 response
   *[other] Permanently delete { $count } responses
}
settings-notify = When the queue finishes in the background
settings-notify-on = Show a notification
settings-sound = Sound
settings-on = On
settings-off = Off
settings-per-minute = Requests per minute to this provider
settings-per-minute-hint = No limit
settings-shortcuts = Shortcuts
settings-add = Add
settings-add-provider = Add a provider
settings-add-note = You can add any provider with an OpenAI-compatible API.
settings-add-this = Add provider
settings-demo = Draws on this computer from the text of the prompt. Needs no key, costs nothing and works offline.
settings-name = Name
settings-base-url = Base URL
settings-usual-url = Reset to default
settings-options = Send aspect ratio and size as
settings-options-message = System message
settings-options-pixels = Pixels
settings-options-ratio = Ratio
settings-options-words = Text in the prompt
settings-options-not = Not sent
settings-dialect = Endpoint
settings-references = Send references as
settings-references-form = Form files
settings-references-json = Data URLs in JSON
settings-modalities = Response modalities
settings-modalities-usual = Default
settings-modalities-both = Images and text
settings-modalities-image = Images only
settings-advanced = Advanced settings
settings-timeouts = Timeouts
settings-headers = Extra headers
settings-headers-hint = X-Title: Studio
settings-wrong-header = Write each line as Name: value
settings-secret-header = This looks like a secret and would be stored in a file. Write {"{"}key{"}"} where this provider’s key belongs.
settings-extra-body = Extra request fields
settings-extra-body-hint = {"{"} "provider": {"{"} "sort": "price" {"}"} {"}"}
settings-wrong-json = Enter a JSON object.
settings-connect = Connection timeout in seconds
settings-connect-hint = 10
settings-first-byte = First response timeout in seconds
settings-first-byte-hint = 360
settings-between-bytes = Idle timeout in seconds
settings-between-bytes-hint = 60
settings-whole = Response timeout in seconds
settings-whole-hint = 1800
settings-link-ports = Links to other ports of this computer
settings-link-ports-refused = Don’t allow
settings-link-ports-allowed = Allow
settings-wrong-seconds = Enter a whole number of seconds from 1 to 86,400.
settings-at-once-here = Concurrent requests to this provider
settings-at-once-here-hint = Same as the global limit
settings-wrong-count = Enter a number from 1 to 64.
settings-way = Network
settings-proxy-system = System proxy
settings-proxy-direct = Direct connection
settings-proxy-through = Custom proxy
settings-proxy = Proxy address
settings-proxy-hint = socks5://127.0.0.1:9050
settings-wrong-proxy = Enter an address that starts with http://, https://, socks5:// or socks5h://, without user name and password.
settings-prices = Prices per image in dollars
settings-prices-hint = maker/image-1 = 0.039
settings-wrong-price = Write each line as model = price
settings-key-header = Auth header
settings-begin-as = Template
settings-sharing = All providers
settings-import = Import…
settings-export-all = Export…
settings-sharing-note = Keys and other secrets are not exported. Importing changes no existing provider.
settings-confirm-host = This provider’s address was imported or changed. Send its API key to { $host }?
settings-confirm-host-yes = Send key to { $host }
settings-key = API key
settings-connection = Connection
settings-test = Test connection
settings-certificate = Trusted certificate
settings-certificate-note = Atelier accepts this certificate from { $host } only.
settings-certificate-remove = Stop trusting
card-trust = Trust…
trust-button = Trust this certificate…
trust-title = Trust this certificate?
trust-host = Host
trust-fingerprint = SHA-256 fingerprint
trust-note = Trust it only if the server shows the same fingerprint. Whoever runs the server can read your key and prompts. The certificate is trusted for “{ $provider }” only.
trust-yes = Trust for this provider
settings-testing = Testing…
settings-connected = OK · { $took } · { $models ->
    [one] 1 image model
   *[other] { $models } image models
}
settings-remove = Remove this provider
settings-remove-now = Remove { $name } and delete its key
settings-language = Language
settings-system = System
settings-theme = Theme
settings-dark = Dark
settings-light = Light
settings-text-size = Text size
settings-high-contrast = High contrast
settings-announcements = Screen reader announcements
settings-announcements-all = Progress, results and errors
settings-announcements-important = Results and errors
settings-announcements-off = None
settings-motion = Motion
settings-motion-usual = Default
settings-motion-reduced = Reduced
settings-requests = Requests
settings-at-once = Concurrent requests
settings-library = Library folder
settings-open-folder = Open folder: { $name }
settings-copy-path = Copy path: { $name }
cancel = Cancel
key-asking = Waiting for the keychain…
key-not-needed = Not needed on this computer
key-missing = No API key yet
key-stored = Stored in the system keychain
key-session = Kept only until Atelier quits
key-environment = From { $variable }
key-unreachable = Can’t reach the keychain
key-unusable = Invalid
key-note-unusable = In { $variable }: { $flaw } Copy the whole key again from the provider’s page.
key-note-unusable-stored = In the keychain: { $flaw } Copy the whole key again from the provider’s page.
key-replace = Replace
key-forget = Remove key
key-save = Save
key-paste = Paste
key-hint = Paste the key here
key-note = Keys are stored in the system keychain, never in a file or log.
key-note-environment = Read from the environment when Atelier starts, and stored nowhere else.
key-note-session = The key is in memory only. To use a key permanently without a keychain, set { $variable }.
key-note-unreachable = A key saved now lasts until Atelier quits. You can also set { $variable }.
keychain-none = This system has no keychain.
keychain-silent = The keychain is locked or not responding.
keychain-refused = The keychain refused access.

## Gallery

gallery-all = All images
gallery-found = Results for “{ $search }”
gallery-selected = { $count } selected
gallery-size = Thumbnail size
gallery-mismatched = Doesn’t match request
mismatch = requested { $asked }, got { $got }
gallery-date = Go to date
gallery-day-start = Go to the start of this day
gallery-scroll-bar = Scroll bar
marks = Rating, flag and color label
marks-stars = { $stars ->
    [one] { $stars } star
   *[other] { $stars } stars
}
marks-picked = Picked
marks-rejected = Rejected
label-red = Red label
label-yellow = Yellow label
label-green = Green label
label-blue = Blue label
label-purple = Purple label
gallery-matching = Matching images
gallery-order = Order: { $order }
order-newest = Newest
order-oldest = Oldest
order-rating = Highest rated
order-cost = Most expensive
order-size = Largest
order-model = By model
filter-all = Filters
filter-rating = Rating
filter-model = Model
filter-collection = Collection
filter-more = More filters
filter-any = Any
filter-none = None yet
filter-unrated = Unrated
filter-unflagged = Unflagged
filter-imported = Imported
filter-has-reference = Has references
filter-has-note = Has a note
filter-has-tag = Has tags
filter-has-label = Has a color label
trash = Trash
trash-back = Back to all images
trash-restore = Restore { $count }
trash-restore-all = Restore all
trash-empty = Empty trash…
trash-sure = { $count ->
    [one] Permanently delete 1 image? This can’t be undone.
   *[other] Permanently delete { $count } images? This can’t be undone.
}
trash-for-good = Delete permanently
trash-nothing = The trash is empty
gallery-stacked = Stack related images
stack-open = { $count ->
    [one] Expand stack (1 image)
   *[other] Expand stack ({ $count } images)
}
stack-open-source = Expand stack with batch results ({ $count } images)
stack-open-batch = Expand stack of batch results ({ $count } images)
stack-close = Collapse stack
gallery-pictures = Images
gallery-nothing-found = No results for “{ $search }”
gallery-show-all = Show all images
picture = Image
more-actions = More actions
card-waiting = Queued
card-held = On hold
card-resume = Resume
card-short-of-room = { $free } free, { $needed } needed
card-generating = Generating…
card-receiving = Receiving
card-receiving-percent = Receiving · { $percent }%
card-done = Done
card-cancelled = Canceled
card-bytes-of = { $done } of { $total }
card-bytes-time = { $bytes } · { $time }
card-time-prompt = { $time } · { $prompt }
card-cancel = Cancel “{ $prompt }”
copy-report = Copy report
card-copy-report = Copy error report: { $prompt }
report-line = { $name }: { $value }
report-provider = Provider
report-model = Model
report-status = HTTP status
report-class = Error class
report-cause = Cause
card-dismiss = Remove card: { $prompt }
card-edit-prompt = Edit prompt
card-retry = Retry
card-again = { $title } · retrying in { $time }
card-again-try = Sent { $tries } of { $most } times · { $prompt }
card-send-now = Send now
card-billing = Billing page
card-choose-model = Choose model
card-check-key = Check key
card-check-address = Check address
card-fetch-again = Fetch again
card-fetch-free = Fetching again is free.
card-read-again = Read again
card-read-free = Reading again is free.
card-save-response = Save response…
card-retry-price = Retry · { $price }
unreadable-moved = File not found at { $path }. Re-import it from its new location to relink it.
unreadable-missing = File not found
unreadable-broken = File is damaged
unreadable-too-large = Image is too large to show

## Inspector

inspector-reuse = Reuse
inspector-nothing = Select an image to see its settings
inspector-answer = Text from the model
inspector-selected = { $count } images selected
inspector-selected-hint = Run a batch on them, use them as references, or export them.
copy = Copy
export-more = Export…
batch-more = Batch…
fact-provider = Provider
fact-model = Model
fact-answered-by = Model used
fact-size = Size
fact-asked = Requested
fact-template = Template
fact-mismatch = Mismatch
fact-not-sent = Not sent
references-ignored = The provider reported no tokens for the reference images, so the model probably didn’t see them.
references-contents = Retry with contents
references-plain = Retry without contents
references-settings = Change how they are sent…
fact-references = References
fact-turns = Earlier turns
fact-tokens = Tokens
fact-tokens-parts = { $total } ({ $in } in, { $out } out)
fact-cost = Cost
fact-took = Duration
fact-created = Created
date-and-time = { $date }, { $time }

## Viewer

viewer-position = { $place } / { $total }
viewer-fit = Fit
viewer-zoom = { $percent }%
viewer-zoom-in = Zoom in
viewer-zoom-out = Zoom out
viewer-neighbour = Image { $place }

## Checking a provider

doctor-check = Check provider
doctor-checking = Checking…
doctor-try = Generate test image
doctor-trying = Generating test image…
doctor-costs = The image is kept in the library. { $price }
doctor-price = Estimated price: { $price }.
doctor-price-unknown = The price is unknown.
doctor-cost-unknown = cost unknown
doctor-address = Address
doctor-network = Network
doctor-encryption = Encryption
doctor-models = Models
doctor-key = Key
doctor-clock = Clock
doctor-model = Model
doctor-picture = Image
doctor-goes-to = Requests go to { $origin }.
doctor-reached = Connected in { $took }.
doctor-no-such-host = Host not found: { $reason }.
    .next = Check the spelling of the address and whether this computer is online.
doctor-not-reached = Couldn’t connect: { $reason }.
    .next = Check the port, any firewall or proxy, and whether the server is running.
doctor-through-proxy = Uses the proxy from Settings.
doctor-encrypted = The connection is encrypted and the certificate is valid.
doctor-plain-here = Not encrypted, which is fine on this computer.
doctor-plain-elsewhere = Not encrypted: others on the network can read the key.
    .next = Use an address that starts with https:// if there is one.
doctor-listed-models = { $all ->
    [one] 1 model
   *[other] { $all } models
}, { $image } for images, listed in { $took }.
    .next = If you know the ID of an image model, enter it yourself.
doctor-key-taken = Key accepted.
doctor-key-not-needed = No key needed.
doctor-key-unproven = Couldn’t verify the key: this provider lists models without one.
    .next = Generate a test image to verify it.
doctor-clock-right = The clocks agree.
doctor-clock-ahead = This computer’s clock is { $off } ahead of the provider’s.
doctor-clock-behind = This computer’s clock is { $off } behind the provider’s.
doctor-clock-next = Set the clock correctly: keys, links and certificates expire.
doctor-clock-unknown = The provider does not report its time.
doctor-listed = { $model } is in the list.
doctor-not-listed = { $model } is not in the list.
    .next = It may still work. Otherwise choose a model from the list.
doctor-no-image-model = The list contains no image model.
    .next = If you know the ID of an image model, enter it yourself.
doctor-list-unknown = No model list.
doctor-came = { $count ->
    [one] 1 image received
   *[other] { $count } images received
}: { $facts }
doctor-streamed = streamed
doctor-at-once = in one piece
doctor-tokens = { $tokens } tokens
doctor-not-asked = No test image requested from { $model }. { $price }
doctor-no-model-to-ask = No test image requested: no model is known.

## Request and response

exchange-title = Request and response
exchange-request = Request
exchange-answer = Response
exchange-find = Find; press Enter for the next match
exchange-copy-curl = Copy as curl
exchange-copy-request = Copy request
exchange-copy-answer = Copy response
exchange-show = Request details of “{ $prompt }”
exchange-reading = Loading…
exchange-none = No request log for this image.
exchange-no-answer = No response received.
exchange-no-body = The response text was not saved, because Atelier stopped while it arrived.
exchange-note = The key and image data are left out.

## Prompt sheets

tab-sheet = Prompt sheets
verb-show-page = Go to “{ $page }”
sheet-title = Prompt sheets
sheet-about = Each row is one request. Columns set the prompt, parameters or variables: $animal in the prompt takes the value from the “animal” column. You can re-run only failed or changed rows.
sheet-new = New sheet
sheet-open-file = Open file…
sheet-ways = Opens CSV, TSV, XLSX and JSON Lines. You can also drop files here or paste cells from a spreadsheet.
sheet-ways-no-drop = Opens CSV, TSV, XLSX and JSON Lines. You can also paste copied files, or cells from a spreadsheet.
sheet-kept = Your sheets
sheet-untitled = Untitled sheet
sheet-drop = Drop to open as a sheet
sheet-not-pasted = Can’t paste: { $why }
sheet-remove-named = Remove “{ $name }”
sheet-back = All sheets
sheet-name = Sheet name
sheet-more = More
sheet-undo = Undo edit
sheet-redo = Redo edit
sheet-save-csv = Save as CSV…
sheet-remove = Remove sheet
sheet-template = Prompt for every row
sheet-template-hint = a $animal at dusk, wide angle
sheet-template-hint-own = Only for rows without a prompt of their own
sheet-base = For all rows: { $facts }
sheet-seed = seed { $seed }
sheet-references = { $count ->
    [one] { $count } reference
   *[other] { $count } references
}
sheet-take-base = Use composer settings
sheet-take-base-tip = Use the composer’s current model, parameters, references and styles for all rows. Rows generated with other settings become out of date.
sheet-take-base-same = Already matches the composer
sheet-table = Rows of { $name }
sheet-cell = Row { $row }, { $column }
sheet-picture = Image of row { $row }
sheet-row-state = Row { $row }: { $state }
sheet-state-head = Result
sheet-state-new = Not generated
sheet-state-waiting = Queued
sheet-state-running = Generating…
sheet-state-done = Done
sheet-state-changed = Out of date
sheet-state-changed-tip = The row, the template or the settings for all rows changed after these images were generated.
sheet-state-stopped = Canceled
sheet-state-cancelled = You were not charged.
sheet-state-cancelled-sent = The request had already been sent. You may have been charged.
sheet-column-name = Column { $name }
sheet-column-prompt = Prompt
sheet-column-variable = Variable { $name }
sheet-column-note = Note, not sent
sheet-column-rename = Column name
sheet-column-before = Insert column left
sheet-column-after = Insert column right
sheet-column-left = Move left
sheet-column-right = Move right
sheet-column-remove = Remove column
sheet-column-add = Add column
sheet-column-new = Variable name
sheet-field-avoid = Negative prompt
sheet-field-style = Style
sheet-field-provider = Provider
sheet-field-model = Model
sheet-field-aspect = Aspect ratio
sheet-field-size = Size
sheet-field-seed = Seed
sheet-field-images = Number of images
sheet-field-temperature = Temperature
sheet-field-top-p = Top-p
sheet-field-max-tokens = Max tokens
sheet-field-references = Reference images
sheet-cells-menu = Cells
sheet-copy = Copy
sheet-clear = Clear
sheet-row-before = Insert row above
sheet-row-after = Insert row below
sheet-row-up = Move up
sheet-row-down = Move down
sheet-rows-remove = { $count ->
    [one] Remove row
   *[other] Remove { $count } rows
}
sheet-stop-rows = { $count ->
    [one] Cancel { $count } request
   *[other] Cancel { $count } requests
}
sheet-rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}
sheet-count-busy = { $count } running
sheet-count-done = { $count } done
sheet-count-failed = { $count } failed
sheet-count-changed = { $count } out of date
sheet-count-faulty = { $count } with errors
sheet-count-new = { $count } new
sheet-nothing-left = No rows left to generate.
sheet-run = { $count ->
    [0] Generate rows
    [one] Generate { $count } row
   *[other] Generate { $count } rows
}
sheet-run-more = More ways to generate rows
sheet-run-failed = Failed rows ({ $count })
sheet-run-changed = Failed and out-of-date rows ({ $count })
sheet-run-chosen = Selected rows ({ $count })
sheet-run-all = All rows again ({ $count })
sheet-stop = Cancel all
sheet-export = Export results…
sheet-export-title = Export sheet results
sheet-export-start = Export
sheet-export-fields = Additional fields: { $fields }
sheet-export-progress = { $done } of { $total } files
sheet-export-done = { $count ->
    [one] { $count } file exported.
   *[other] { $count } files exported.
}
sheet-export-table = Table of rows: { $path }
sheet-export-no-table = Couldn’t write the table of rows.
sheet-export-failed = { $count ->
    [one] { $count } file failed: { $why }
   *[other] { $count } files failed: { $why }
}
toast-sheet-removed = “{ $name }” removed. Its images are kept.
toast-no-sheet = Couldn’t open the sheet: { $reason }
toast-table-saved = Saved as { $path }

## Prompt sheets: errors in a cell, a row or a file

row-fault-no-prompt = Enter a prompt.
row-fault-no-prompt-column = No column is named “prompt”. Rename a column, or write a prompt for every row.
row-fault-surplus = “{ $name }” is beyond the last named column. Put a prompt that contains commas in quotation marks, name this column, or delete the text.
row-fault-error-value = “{ $name }” is a spreadsheet error, not a value. Replace it, or delete the row.
row-fault-formula = “{ $name }” is a formula without a result. Save the file again in a spreadsheet program, or enter the text itself.
row-fault-names-again = This row repeats the column names. Delete it.
row-fault-no-model = Choose a model.
row-fault-twice = Another column has the same purpose. Remove or rename one of them.
row-fault-not-a-number = “{ $name }” is not a number.
row-fault-not-whole = “{ $name }” is not a whole number.
row-fault-out-of-range = Enter a value between { $least } and { $most }.
row-fault-below = Enter a value of at least { $least }.
row-fault-no-provider = No provider is named “{ $name }”.
row-fault-no-reference = “{ $name }” is not an image that Atelier can open.
row-fault-no-style = No style is named “{ $name }”.
row-fault-not-an-aspect = “{ $name }” is not an aspect ratio. Enter a ratio such as 16:9.
row-fault-not-a-size = “{ $name }” is not a size. Enter 512, 1K, 2K, 4K, or pixels such as 1536x1024.
row-fault-too-many-prompts = The prompt expands to { $count } prompts. A row may have at most 100.
table-refused = Couldn’t open “{ $name }”: { $why }
table-unreadable = the file can’t be read ({ $reason }).
table-empty = the file is empty.
table-not-text = the text encoding is unknown. Save the file as “CSV UTF-8” or XLSX.
table-not-in = the file is not { $encoding } text.
table-too-large = the file is too large.
table-too-many-rows = the table has more than { $most } rows.
table-too-many-columns = the table has more than { $most } columns.
table-cell-too-long = the text in row { $row }, column { $column } is too long.
table-open-quote = a quotation mark on line { $line } is not closed.
table-not-json = line { $line } is not a JSON object ({ $reason }).
table-other-workbook = this workbook format is not supported. Save the file as XLSX or “CSV UTF-8”.
table-bad-workbook = the workbook can’t be read ({ $reason }).
table-open-title = Open “{ $name }”
table-open = Open
table-encoding = Encoding
table-encoding-named = Encoding: { $encoding }
table-encoding-recognized = Detected: { $encoding }. Choose another encoding if the text looks wrong.
table-encoding-chosen = Read as { $encoding }
table-not-read-again = Atelier can’t read the file as { $encoding }. Choose another encoding.
table-preview = Preview
table-preview-rest = { $count ->
    [one] 1 more row
   *[other] { $count } more rows
}
table-preview-columns = { $count ->
    [one] 1 more column
   *[other] { $count } more columns
}
table-unusable-rows = { $count ->
    [one] 1 row has an error. It is not sent until you fix it.
   *[other] { $count } rows have errors. They are not sent until you fix them.
}
table-left-out = { $count ->
    [one] 1 line above or below the table is left out: { $lines }
   *[other] { $count } lines above or below the table are left out: { $lines }
}
table-other-sheets = { $count ->
    [one] 1 other sheet of the workbook is not read: { $names }
   *[other] { $count } other sheets of the workbook are not read: { $names }
}
encoding-unicode = Unicode
encoding-simplified-chinese = Simplified Chinese
encoding-traditional-chinese = Traditional Chinese
encoding-japanese = Japanese
encoding-korean = Korean
encoding-western-european = Western European
encoding-central-european = Central European
encoding-cyrillic = Cyrillic
encoding-greek = Greek
encoding-turkish = Turkish
cli-row = Row { $row }
cli-column = column { $column }
cli-table-encoding = “{ $name }” was read as { $encoding }, which is a guess. Use --encoding to choose another.
cli-encoding-workbook = --encoding does not apply to “{ $name }”, which is a workbook.

## Startup errors, export errors and the command line

start-busy = Another Atelier is using this library: { $folder }. Quit it first, or choose another library.
start-unwritable = Can’t write to the library folder: { $folder } ({ $reason }). Check its permissions, or choose another folder.
start-disk-full = The library’s disk is full: { $folder }. Free up space and start again.
start-newer = This library was created by a newer version of Atelier and is read-only: { $folder }. Update Atelier to change it.
start-broken = Can’t read the library: { $folder } ({ $reason }).
start-system = The system can’t provide what Atelier needs to run ({ $reason }).
start-title = Atelier can’t open this library
start-close = Quit
export-unreadable = The original is missing or damaged.
export-skipped = A file with this name already exists.
export-in-library = This folder belongs to the library. Choose a folder outside it.
export-broke-down = Atelier ran into an internal error. Details are in the log.
export-disk-full = The disk is full.
export-cannot-write = Couldn’t write the file: { $reason }
template-unknown-field = “{ $field }” is not a field. Available: date, time, prompt, model, provider, seed, id, n, width, height.
template-too-wide = “{ $field }” is too wide. A field can have at most 200 characters.
template-unclosed = A brace is not closed.
template-empty = The file name is empty.
cli-ending = Received { $signal }: nothing new is sent. Running requests have { $seconds } s to finish; send the signal again to stop immediately.
cli-stopped = Stopped by { $signal }. Finished images are kept.
cli-stopped-at-once = Stopped immediately by { $signal }. Running requests may have been charged; data already received is read at the next start.
cli-stopped-stored = { $count ->
    [one] 1 image was saved.
   *[other] { $count } images were saved.
}
cli-stopped-not-sent = { $count ->
    [one] 1 request was not sent. It is on hold in the library and costs nothing.
   *[other] { $count } requests were not sent. They are on hold in the library and cost nothing.
}
cli-stopped-under-way = { $count ->
    [one] 1 request was still running and may have been charged; data already received is read at the next start.
   *[other] { $count } requests were still running and may have been charged; data already received is read at the next start.
}
cli-no-display = No display found. To work without a window, use “atelier generate --prompt …”.
cli-no-file = { $path }: no such file, folder or command
cli-no-window = Couldn’t open the window ({ $reason }). To work without a window, use “atelier generate --prompt …”.
cli-no-prompt = The prompt is empty.
cli-no-input = Can’t read standard input: { $reason }
cli-unknown-style = No style is named “{ $name }”. Available: { $known }.
cli-too-many-prompts = The styles expand this prompt to more than { $most } prompts. Use styles with fewer alternatives.
cli-host-not-confirmed = The key of “{ $name }” is not sent to { $host } until you confirm the host: atelier profiles trust { $name }
cli-certificate-next = To trust the certificate without the window: atelier profiles trust-certificate NAME --fingerprint { $fingerprint }
cli-certificate-trusted = “{ $name }” accepts this certificate from { $host }: { $fingerprint }
cli-certificate-removed = “{ $name }” now accepts only certificates that this computer trusts.
cli-certificate-plain = The connection to “{ $name }” is not encrypted, so there is no certificate.
cli-host-confirmed = The key of “{ $name }” is now sent to { $host }.
cli-unknown-provider = No provider is named “{ $name }”. Available: { $known }.
cli-demo-has-no-url = The demo provider has no base URL. Choose another provider with --provider.
cli-nothing-to-export = No matching images.
cli-generating = Generating…
cli-receiving = Receiving · { $bytes }
cli-organised = { $count ->
    [one] 1 image changed.
   *[other] { $count } images changed.
}
cli-no-collection = No collection is named “{ $name }”.
cli-rebuilt = Index rebuilt: { $count } images, { $trashed } of them in the trash.
cli-not-in-index = Not in the index, because the file can’t be read or its image is missing: { $path }
cli-checked = { $count } images checked: { $mended } issues repaired, { $left } remaining.
cli-unused-reference = Unused reference image, kept because a draft may use it: { $path }
flaw-missing-picture = Image missing: { $path }
flaw-gone = File not found (re-import it from its new location to relink it): { $path }
flaw-altered-picture = Image changed after it was received; restore it from a backup: { $path }
flaw-missing-sidecar = Sidecar missing, so the image’s settings are unknown: { $path }
flaw-unreadable-sidecar = Sidecar can’t be read: { $path }
flaw-not-in-index = Image not in the index: { $path }
flaw-wrong-place = Image not at the path in the index: { $path }
flaw-left-over = Unfinished file: { $path }
flaw-lone-spool = Response without a request: { $path }
flaw-missing-reference = Reference image missing: { $path }
flaw-altered-reference = Reference image changed after it was added: { $path }
flaw-mended = Repaired.

## Batch

batch-title = { $count ->
    [one] Batch: 1 selected image
   *[other] Batch: { $count } selected images
}
batch-prompt = Prompt for each image
batch-prompt-note = { $field } inserts the image’s own prompt
batch-prompt-hint = What should change in each image?
batch-prompt-hint-together = What should the model make of these images?
batch-as-reference = Prompt each image
batch-as-reference-tip = Sends this prompt once per image, with the image as its reference
batch-own-prompts = Re-run original prompts
batch-own-prompts-tip = Generates each image again with its own settings, except for what you set below
batch-together = Combine into one request
batch-together-tip = Sends this prompt once, with all images as references in this order
batch-prompt-together = Prompt for all images together
batch-prompt-note-together = { $field } inserts the images’ own prompts
batch-fields-tip = { "{prompt}" }, { "{model}" }, { "{n}" } (its number) and { "{tag}" } insert values of each image
batch-place = { $n }
batch-not-sent = Not sent
batch-keep = Keep
batch-keep-tip = Leave unset to keep each image’s original value
batch-seed-own = Original seeds
batch-own-models = Original models
batch-another-model = Another model
batch-model-of = { $model } × { $count }
batch-price-partly = { $price }, { $count } of unknown price
batch-time = about { $time }, { $at_once } at a time
batch-at-once = { $at_once } at a time
batch-left-out = { $count ->
    [one] Not sent for 1 image: { $list }
   *[other] Not sent for { $count } images: { $list }
}
batch-no-prompt = { $count ->
    [one] 1 image has no prompt. Write one above.
   *[other] { $count } images have no prompt. Write one above.
}
batch-more-pictures = and { $count } more
batch-requests = { $count ->
    [one] 1 request
   *[other] { $count } requests
}
batch-reading = { $count ->
    [one] Reading 1 image…
   *[other] Reading { $count } images…
}
batch-variants = × { $count } variants
batch-sheet = Open as sheet…
batch-sheet-tip = Opens a prompt sheet with one row per image, where you can write or paste a prompt for each
batch-start = Queue { $count }

## Export

export-title = { $count ->
    [one] Export 1 image
   *[other] Export { $count } images
}
export-folder = Folder
export-no-folder = Choose a folder first
export-folder-hint = Type or paste the path of a folder
export-not-absolute = Type the complete path, from / or ~
export-choose = Choose…
export-name = File name
export-name-help = {"{"}date{"}"}, {"{"}prompt:24{"}"}, {"{"}model{"}"} and {"{"}n:03{"}"} are replaced for each image
export-files = { $count ->
    [one] 1 file
   *[other] { $count } files
}
export-clashes = { $count ->
    [0] no name conflicts
    [one] 1 name conflict
   *[other] { $count } name conflicts
}
export-counts = { $files }, { $clashes }
export-format = Format
export-original = Original
export-original-note = Exact copy of the received file
export-png-note = Lossless; opens everywhere
export-quality = Quality
export-clash = If a file already exists
export-clash-number = Add a number
export-clash-skip = Skip
export-clash-replace = Replace
export-replaces = { $count ->
    [one] 1 file will be replaced
   *[other] { $count } files will be replaced
}
export-bytes = ≈ { $bytes }
export-save-as = Save as…
export-do = { $count ->
    [one] Export
   *[other] Export { $count }
}
export-progress = { $done } of { $total } files
export-written = { $count ->
    [one] 1 file exported
   *[other] { $count } files exported
}
export-cancelled = Canceled before all files were exported.
export-left = { $count ->
    [one] 1 existing file kept
   *[other] { $count } existing files kept
}
export-failed = { $count ->
    [one] 1 image failed
   *[other] { $count } images failed
}
export-failed-line = { $prompt }: { $why }

tag-add = Add tag
tag-new = New tag
tag-hint = Type a tag and press Enter
tag-find = Find images tagged { $tag }
tag-remove = Remove tag { $tag }
note = Note
note-hint = Add a note

collection-smart = Smart collection: images that match its search
collection-name = Collection name
collection-name-hint = Name
collection-search = Smart collection search
collection-remove = Delete collection “{ $name }”; its images are kept
collection-edit-search = Edit search of “{ $name }”
collection-inside = New collection in “{ $name }”
collection-rename = Rename “{ $name }”
collection-new = New collection
collection-new-with = { $count ->
    [one] New collection with the selected image
   *[other] New collection with the { $count } selected images
}
collection-add-selected = { $count ->
    [one] Add the selected image to…
   *[other] Add the { $count } selected images to…
}
collection-save-search = Save search as smart collection
collections-none = A collection gathers images without moving them. Drag images onto it, or press B.
collection-choose = { $count ->
    [one] Add the image to a collection
   *[other] Add { $count } images to a collection
}
collection-choose-hint = Find or name a collection
collection-make = New collection “{ $name }”
collection-leave = Remove from “{ $name }”
verb-add-to-collection = Add to collection…
verb-remove-from-collection = Remove from collection
toast-collection-removed = Collection “{ $name }” deleted. Its images are kept
inspector-all = Apply to all
tag-for-all = Add tag to all
palette = Palette
palette-similar = Similar colors
palette-alike = Similar images
palette-find = Find images with { $colour }
history = History
history-parents = { $count ->
    [one] { $count } parent
   *[other] { $count } parents
}
history-variations = { $count ->
    [one] { $count } variation
   *[other] { $count } variations
}
history-parent = Parent { $n } of { $count }
history-variation = Variation { $n } of { $count }
history-find = Show in gallery
welcome-trash = { $count ->
    [one] 1 image in the trash
   *[other] { $count } images in the trash
}

# Command palette
verb-palette = Commands
palette-button = Commands
palette-hint = Search commands, settings, models, collections…
palette-results = Results
palette-count = { $found } of { $all }
palette-none = Nothing found
palette-recent = Recent
palette-commands = Commands
palette-settings = Settings
palette-models = Models
palette-collections = Collections and saved searches
palette-styles = Styles
palette-inserts = Insert into prompt
palette-settings-section = Settings › { $section }
palette-images = { $count ->
    [one] 1 image
   *[other] { $count } images
}
palette-style-on = Add to prompt
palette-style-off = In use · remove
palette-wildcard = Wildcard
palette-variable = Variable
palette-snippet = Snippet
palette-choose = Choose
palette-run = Run
palette-only-commands = Commands only
obstacle-selection = Select an image first
obstacle-page = Only on the Create page
obstacle-now = Not available now

# Marks by key
verb-unflag = Clear flag
verb-toggle-selected = Add to selection, or remove from it
verb-open-menu = Open menu
verb-toggle-auto-advance = Auto-advance after rating
verb-toggle-auto-advance-tip = After each rating, flag or label, go to the next image. Hold Shift to do the opposite once.
toast-auto-advance-on = Auto-advance on
toast-auto-advance-off = Auto-advance off

# Completion
search-completions = Search suggestions
search-operator-tag = Tag
search-operator-collection = Collection
search-operator-model = Model
search-operator-rating = Rating
search-operator-is = Flag or state
search-operator-has = Reference, note, tag or label
search-operator-label = Color label
search-operator-size = Size in pixels
search-operator-ratio = Aspect ratio
search-operator-cost = Cost
search-operator-seed = Seed
search-operator-from = Created on this date or later
search-operator-to = Created on this date or earlier
search-operator-color = Color
search-operator-uses = Reference image
search-operator-trash = Trash
prompt-completions = Prompt suggestions
prompt-wildcard-lines = { $count ->
    [one] 1 line
   *[other] { $count } lines
}

# Shortcuts
command-group-create = Create
command-group-browse = Browse and select
command-group-mark = Rate and label
command-group-images = Images
command-group-window = Window
shortcuts-search = Search commands or keys
shortcuts-reset-all = Reset all
shortcuts-import = Import…
shortcuts-export = Export…
shortcuts-none = No command matches.
shortcuts-press = Press keys…
shortcuts-no-key = No key
shortcuts-change = { $name }: { $keys }. Change
shortcuts-change-tip = Click, then press the new keys. Delete removes the key, Esc cancels.
shortcuts-reset = Reset “{ $name }”
shortcuts-taken = { $keys } is used by “{ $name }”.
shortcuts-replace = Use it here
shortcuts-types-text = { $keys } alone would type text. Add Ctrl or Alt.
shortcuts-reserved = { $keys } is reserved for dialogs and text fields.
notice-shortcuts-refused = No shortcuts were imported from “{ $name }”.
notice-shortcuts-empty = The file contains no shortcuts.
notice-shortcuts-exported = Shortcuts saved to { $path }

# Keys of the current place
keys-title = Keyboard shortcuts: { $place }
keys-change = Change shortcuts…
keys-viewer = Viewer
keys-gallery = Gallery
keys-table = Table
keys-queue = Queue
keys-extend = Extend the selection
keys-move-focus = Move without selecting
keys-ends = First or last image
keys-page = One page up or down
keys-mark-next = Rate or label, then go to the next image
keys-zoom-window = Text and controls larger or smaller
keys-zoom = Zoom in or out
keys-fit = Fit to window
keys-actual-size = Actual size
keys-edit-cell = Edit the cell
keys-next-cell = Next cell
keys-open-row-image = Open the last image of the row
keys-insert-row = Insert a row
keys-delete-rows = Delete the rows
keys-move-rows = Move the rows
keys-undo = Undo
keys-redo = Redo
keys-move-cursor = Previous or next request
keys-move-requests = Move the selected requests
keys-hold = Hold or resume
keys-edit-request = Edit the request
keys-cancel-request = Cancel or remove
keys-select-requests = Select all requests

# Several images at once
tag-add-to-all = Add
tag-remove-from-all = Remove
note-for-all = Note for all
note-for-all-hint = Replaces the note of each selected image
note-set-for-all = Set note

# Library maintenance
verb-verify-library = Check library…
verb-rebuild-index = Rebuild index…
maintenance-verify-title = Check library
maintenance-rebuild-title = Rebuild index
maintenance-verifying = Reading images: { $done } of { $total }.
maintenance-failed = The library couldn’t be checked. { $reason }
maintenance-fine = { $count ->
    [one] No issues found. 1 image read.
   *[other] No issues found. { $count } images read.
}
maintenance-issues = { $issues ->
    [one] 1 issue found in { $count } images.
   *[other] { $issues } issues found in { $count } images.
}
maintenance-next = Nothing was changed. If images are missing from the gallery, rebuild the index. Restore missing or changed files from a backup.
maintenance-rebuild-note = Atelier rebuilds its index from the image files the next time it starts. Images, ratings, tags and collections are kept.
maintenance-rebuild = Rebuild at next start
maintenance-rebuild-scheduled = The index will be rebuilt when Atelier starts again.
