### Atelier's words in English. Every message here is used, and has its twin in zh-Hant.ftl.

app-name = Atelier

## Actions: name, and a sentence where the name does not say enough

verb-generate = Generate
verb-generate-first = Generate first
verb-parameter-grid = Parameter grid…
verb-parameter-grid-tip = Ask for each value of one or two parameters, side by side in a labelled grid
verb-compare-blind = Compare models blind…
verb-compare-blind-tip = Ask several models the same, and choose the best without knowing which is which
verb-earlier-prompt = Earlier prompt
verb-later-prompt = Later prompt
verb-focus-prompt = Go to the prompt
verb-focus-search = Search
verb-larger-text = Larger text
verb-smaller-text = Smaller text
verb-usual-text = Usual text size
verb-next-panel = Next panel
verb-previous-panel = Previous panel
verb-open-settings = Settings
verb-open-shortcuts = Keyboard shortcuts
verb-next-theme = Dark or light
verb-go-to-date = Go to date
verb-select-all = Select all
verb-select-none = Clear the selection
verb-open = Open large
verb-back = Back
verb-toggle-inspector = Show or hide details
verb-reuse = Reuse
verb-reuse-tip = Put this picture's prompt, model and parameters into the composer
verb-edit = Edit
verb-edit-tip = Change this picture in words
verb-use-as-reference = As reference
verb-use-as-reference-tip = Send this picture along with the next prompt
verb-copy-prompt = Copy prompt
verb-copy-image = Copy image
verb-show-exchange = Request and answer
verb-show-exchange-tip = What went over the wire for this image
verb-reveal = Show in folder
verb-batch = Batch
verb-batch-tip = Ask again for each selected picture
verb-export = Export
verb-delete = Delete
verb-delete-tip = Move to the trash
verb-redo = Redo
verb-undo = Undo
verb-rate = { $stars ->
    [0] No stars
    [one] { $stars } star
   *[other] { $stars } stars
}
verb-pause-queue = Pause the queue, or resume it
verb-pick = Pick
verb-reject = Reject
verb-move-left = Previous picture
verb-move-right = Next picture
verb-move-up = Picture above
verb-move-down = Picture below
verb-add-reference = Add reference
verb-import = Import pictures…
verb-reset = Reset
verb-reset-tip = Back to the gateway's own defaults

## Top bar

tab-create = Create
search-hint = Search prompts, tags, models, colours…
search-clear = Clear the search

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

## Queue

tab-queue = Queue
tab-queue-count = Queue { $count }
status-left = About { $time } left
status-spent = Today { $spent }
status-spent-of = Today { $spent } of { $most }
status-spent-tip = What was spent, by day, model and collection
status-paused = Paused · { $waiting } queued
status-progress = { $done } of { $total } done
queue-running = { $count } running
queue-waiting = { $count } waiting
queue-put-off = { $count } for later
queue-held-back = { $count } held back
queue-failed = { $count } failed
queue-requests = { $count ->
    [one] 1 request
   *[other] { $count } requests
}
queue-done-of = { $done } of { $total } done
queue-spent = { $amount } spent
queue-to-come = ≈ { $amount } to come
queue-unknown-prices = { $count } of unknown price
queue-nothing = Nothing is queued
queue-nothing-hint = What you generate waits here for its turn, and can be held back, moved, changed or put off until it is sent.
queue-to-create = Write a prompt
queue-no-prompt = No prompt
queue-hidden-model = Model hidden until you vote
queue-of-sheet = Prompt sheet: { $prompt }
queue-of-grid = Parameter grid: { $prompt }
queue-of-shootout = Blind comparison: { $prompt }
queue-of-many = { $prompt } and others
queue-generating = Generating · { $time }
queue-generating-left = Generating · { $time }, about { $left } left
queue-held = Held back
queue-not-before = Not before { $time }
queue-waits-paused = Waiting for the queue to go on
queue-waits-offline = Waiting until the provider can be reached
queue-waits-limit = Waiting: provider limits requests
card-waits-limit = { $provider } limits requests
queue-turn = Waiting · number { $turn }
queue-pause-all = Pause all
queue-resume-all = Resume all
queue-let-go = Let them go on
queue-try-now = Try now
queue-raise-cap = Change the cap…
queue-retry-safe = { $count ->
    [one] Retry 1 that cost nothing
   *[other] Retry { $count } that cost nothing
}
queue-clear-ended = Clear ended
queue-cancel-waiting = Cancel all waiting…
queue-is-paused = The queue is paused. What is being made is finished; nothing else is sent.
queue-are-held = { $count ->
    [one] 1 request is held back until you let it go on.
   *[other] { $count } requests are held back until you let them go on.
}
queue-is-offline = { $provider } has not been reached since { $since }. Nothing was charged; its requests wait. Next try in { $next }.
queue-short-of-room = The library’s disk has { $free } free; the next request needs { $needed }. Nothing is sent until there is room.
queue-show-library = Show library folder
queue-waits-room = Waiting for disk space
queue-rests-asked = { $provider } asks for a pause. Its requests go on in { $time }.
queue-rests-refused = { $provider } takes no more requests right now. The next try is in { $time }.
queue-rests-paced = { $provider } takes about one request every { $gap }. The next one is sent in { $time }.
queue-capped-day = Today's cap of { $most } is reached: { $spent } is spent or set aside.
queue-capped-month = This month's cap of { $most } is reached: { $spent } is spent or set aside.
queue-capped-batch = The cap of { $most } for one batch is reached: { $spent } is spent or set aside.
queue-capped-next = The next request would cost about { $price }.
queue-capped-unknown = Nobody knows what the next request would cost.
queue-hold = Hold back: { $prompt }
queue-resume = Let go on: { $prompt }
queue-first = Put first: { $prompt }
queue-more = More for: { $prompt }
queue-retry = Retry: { $prompt }
queue-edit = Change…
queue-up = Move up
queue-down = Move down
queue-later-quarter = Run in 15 minutes
queue-later-hour = Run in an hour
queue-later-tonight = Run tonight at 22:00
queue-later-at = Run at a time…
queue-later-not = Run when it is its turn
queue-later-title = Run later
queue-later-time = Not before
queue-later-hint = A time such as 23:30, or a day and a time such as 2026-12-24 08:00.
queue-later-wrong = This is not a time that lies ahead.
queue-later-set = Run then
queue-edit-prompt = Use in the composer
queue-exchange = Request and answer
queue-duplicate = Ask once more
queue-copy-prompt = Copy the prompt
queue-edit-title = Change a waiting request
queue-edit-text = Prompt of this request
queue-edit-save = Save
queue-edit-default = Double-click to go back to the default, which is not sent.
queue-cancel-rest = Cancel rest…
queue-cancel-rest-of = Cancel the rest of: { $prompt }
queue-retry-failed = Retry failed
queue-retry-failed-of = Retry what failed of: { $prompt }
queue-dismiss-of = Remove from the list: { $prompt }
queue-cancel-title = { $count ->
    [one] Cancel 1 waiting request?
   *[other] Cancel { $count } waiting requests?
}
queue-cancel-words = They have not been sent and cost nothing. What is being made goes on.
queue-cancel-do = { $count ->
    [one] Cancel 1 request
   *[other] Cancel { $count } requests
}
queue-leave = Leave them
queue-retry-title = { $count ->
    [one] Ask for 1 request again?
   *[other] Ask for { $count } requests again?
}
queue-retry-words = { $count ->
    [one] 1 of them may have been charged already. Asking again may cost its price a second time.
   *[other] { $count } of them may have been charged already. Asking again may cost their price a second time.
}
queue-retry-do = { $count ->
    [one] Ask again
   *[other] Ask { $count } again
}
left-moment = a moment
left-seconds = { $n } s
left-minutes = { $n } min
left-hours = { $n } h
moment-tomorrow = { $time } tomorrow
moment-on = { $time } on { $date }

## Leaving

leaving-title = { $count ->
    [one] 1 picture is being made
   *[other] { $count } pictures are being made
}
leaving-words = { $count ->
    [one] If Atelier closes now, it is lost and may be charged all the same.
   *[other] If Atelier closes now, they are lost and may be charged all the same.
}
leaving-kept = { $count ->
    [one] 1 request that waits is kept for the next time.
   *[other] { $count } requests that wait are kept for the next time.
}
leaving-wait = Finish, then close
leaving-now = Close now
leaving-stay = Stay
leaving-waits = { $count ->
    [0] Closing…
    [one] Closes when 1 picture is done
   *[other] Closes when { $count } pictures are done
}
leaving-ends-words = The system asked Atelier to quit. Images under way may still finish; nothing else is sent.
leaving-waits-words = Nothing else is sent until then.

## End of a run

run-done = { $count ->
    [one] 1 request is done
   *[other] { $count } requests are done
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
run-nothing-done = Nothing became a picture

## Spending

spending-title = Spending
spending-week = 7 days
spending-month = This month
spending-ever = All
spending-by-day = By day
spending-by-model = By model
spending-by-collection = By collection
spending-export = Export CSV…
spending-caps = Caps…
spending-estimated = { $amount } of it estimated
spending-reading = Adding up…
spending-nothing = Nothing was sent in this time.
spending-no-collections = None of these pictures is in a collection.
spending-table = Requests, pictures and what they cost
spending-pictures = { $count ->
    [one] 1 picture
   *[other] { $count } pictures
}

## Numbers and times

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

## Failures: a title, what happened, what to do next

failure-no-connection = No connection
    .what = The gateway could not be reached.
    .next = Check the network and the base URL in Settings.
failure-insecure-connection = Connection not secure
    .what = The gateway’s certificate or encryption is not acceptable.
    .next = Check the base URL, and that this computer’s clock is right.
failure-certificate-refused = Certificate not trusted
    .what = This computer does not trust the certificate of the server.
    .next = Check the base URL, and that this computer’s clock is right.
certificate-unknown-issuer = The certificate of { $host } was not issued by anyone that this computer trusts.
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
certificates-none = This computer has no trusted certificates, so Atelier cannot check the server.
certificates-none-next = Install your system’s certificates (on Linux the package ca-certificates), then retry.
certificates-none-named = No certificate could be read from { $variables }, so Atelier cannot check the server.
certificates-none-named-next = Correct or remove { $variables } in the environment, then start Atelier again.
address-used = Requests go to { $url }.
address-encryption-assumed = No http:// or https:// was entered, so https is used.
address-plain-assumed = No http:// or https:// was entered, so http is used, as usual for a server on this computer or in your own network.
address-scheme-corrected = The beginning was read as { $scheme }://.
address-endpoint-left-out = “/{ $path }” was left out, because Atelier adds the endpoint.
address-other-endpoint = Requests use { $used }. To use { $named }, choose that endpoint (on the command line: --dialect { $option }).
address-fragment-left-out = The part from # on was left out, because it is never sent.
address-empty = No base URL was entered.
address-wrong-scheme = { $scheme }: is not a web address. Requests go to addresses that begin with https:// or http://.
address-no-host = The base URL has no host.
address-wrong-host = The host in the base URL is not a valid name.
address-wrong-port = The port in the base URL is not a number up to 65535.
address-next = Enter an address such as https://api.example.com/v1.
address-web-page = A web page answered instead of the API.
address-web-page-next = Enter the address of the API in Settings, not that of the website; most end in /v1.
address-credentials = The base URL contains a user name or password, which could be seen in files and logs.
address-credentials-next = Remove everything before the @, and enter the key in the key field.
key-flaw-empty = There is no key in this text.
key-flaw-shortened = This is the shortened form that the provider’s page shows, not the whole key.
key-flaw-line-break = The key has a line break in it.
key-flaw-blank = The key has a space in it.
key-flaw-address = This is a web address, not a key.
key-flaw-character = The key contains { $character }, a character that no key has.
key-flaw-next = Copy the whole key again from the provider’s page.
failure-wrong-url = Base URL does not work
    .what = The base URL does not lead to an API.
    .next = Correct the base URL in Settings.
failure-redirected = Request redirected
    .what = The provider redirects the request to another address. Atelier sends a prompt only once and does not follow.
    .next = Enter the new address as the base URL in Settings.
failure-no-key = No key
    .what = This provider needs an API key and there is none.
    .next = Add a key in Settings.
failure-unusable-key = Key cannot be used
    .what = The key cannot be sent as it is.
    .next = Copy the whole key again from the provider’s page.
failure-host-not-confirmed = Host not confirmed
    .what = The key of this provider is sent to its host only after you confirm the host.
    .next = Confirm it in Settings, or run “atelier profiles trust” with the provider’s name.
failure-wrong-key = Key not accepted
    .what = The gateway does not accept this API key.
    .next = Replace the key in Settings.
failure-key-expired = Key expired
    .what = The gateway says that this API key has expired.
    .next = Replace the key in Settings.
failure-key-limit = Key’s limit reached
    .what = This API key has spent what it may spend.
    .next = Raise its limit at the provider, wait until it starts anew, or use another key.
failure-no-money = No credit left
    .what = The account has no money or quota left.
    .next = Add credit at the provider, or choose another provider.
failure-not-allowed = Not allowed
    .what = This key may not use this model.
    .next = Choose another model, or another key.
failure-unknown-model = Unknown model
    .what = The gateway does not know this model.
    .next = Choose a model from the list.
failure-not-found = Nothing at this address
    .what = The gateway has nothing at this address.
    .next = Check the base URL in Settings; most end in /v1.
failure-rate-limited = Too many requests
    .what = The gateway asks for a pause.
    .next = Wait a moment and retry, or lower the number of requests at once in Settings.
failure-too-large = Request too large
    .what = The request is larger than the gateway takes.
    .next = Use fewer or smaller reference images.
failure-bad-request = Request not accepted
    .what = The gateway did not accept the request.
    .next = Change a parameter or the model, then try again.
failure-prompt-blocked = Prompt refused by the safety filter
    .what = The prompt was refused before anything was drawn.
    .next = Change the prompt.
failure-image-blocked = Blocked by the model’s safety filter
    .what = The model held the picture back.
    .next = Change the prompt, or try again.
failure-no-image = No picture in the answer
    .what = The model answered in words only.
    .next = Ask for a picture in the prompt, or choose an image model.
failure-nothing-drawn = No image drawn
    .what = The model stopped without drawing an image.
    .next = Try again, or change the prompt.
failure-tool-called = Tool call instead of an image
    .what = The model asked to use a tool, which Atelier does not offer.
    .next = Choose an image model.
failure-empty-answer = Empty answer
    .what = The gateway answered with nothing; some do so when a filter refuses the prompt.
    .next = Change the prompt, try again, or choose another model.
failure-not-understood = Answer not understood
    .what = The answer has no shape that Atelier knows; perhaps it is a web page.
    .next = Check the base URL in Settings.
failure-gateway-failed = The gateway broke down
    .what = Something failed on the gateway’s side.
    .next = Try again later.
failure-timed-out = No answer in time
    .what = Nothing came from the gateway for too long.
    .next = Try again, or choose a faster model.
failure-no-progress = No progress
    .what = The provider kept the connection open without sending content.
    .next = Retry, or choose a faster model.
failure-took-too-long = Response took too long
    .what = The response did not finish within the time limit.
    .next = Retry, or raise the limit for the whole response in the provider’s advanced settings.
failure-cut-off = Connection lost
    .what = The connection broke while the answer was arriving.
    .next = Check the network, then retry.
failure-answer-too-large = Answer too large
    .what = The answer is larger than Atelier accepts.
    .next = Ask for fewer images at once or a smaller size.
failure-unpacks-too-large = Compressed response too large
    .what = The compressed response unpacks to far more data than Atelier accepts.
    .next = Generate fewer images at once, or contact the provider.
failure-image-too-large = Image file too large
    .what = The image’s file is larger than Atelier accepts.
    .next = Choose a smaller size or a compressed format.
failure-broken-image = Broken image
    .what = An image in the response is damaged or incomplete.
    .next = Retry.
failure-unknown-format = Format not supported
    .what = The provider sent an image in a format that Atelier cannot show.
    .next = Choose another output format or model.
failure-format = Format: { $format }.
failure-some-stored = { $count ->
    [one] 1 image of this response is in your library.
   *[other] { $count } images of this response are in your library.
}
failure-kept = The response is kept. Read it again for free, also after an update, or save what came.
failure-kept-temporary = The library’s disk failed, so the response was saved to { $path }. Atelier takes it back when the library works again.
failure-kept-memory = No disk could take the response, so it is in memory only. Free some space before you close Atelier.
failure-absurd-dimensions = Picture beyond all measure
    .what = The picture’s dimensions are larger than Atelier accepts.
    .next = Ask for a smaller size.
failure-link-failed = Picture’s link failed
    .what = The answer gave a link to the picture that could not be followed.
    .next = Fetch it again soon, which costs nothing; such links expire.
failure-link-refused = Image link not allowed
    .what = The response links to an address in your own network that does not belong to the provider. Atelier did not open it.
    .next = If you trust this provider, allow links to other ports in its advanced settings, then fetch again. Fetching is free.
failure-links-timed-out = Image links took too long
    .what = The images that the response links to did not all arrive within the time limit.
    .next = Fetch them again soon, which is free; such links expire.
failure-task = Task: { $task }.
failure-task-unfinished = Task not finished
    .what = The provider is still working on the image.
    .next = Fetch the image again later, which is free.
failure-task-not-found = Task cannot be followed
    .what = The provider sent the ID of a task instead of the image.
    .next = Fetch again later, which is free, or look for the task on the provider’s page.
failure-too-many-links = Too many image links
    .what = The response links to more images than Atelier fetches. The first ones were fetched.
    .next = Generate fewer images at once.
failure-reference-unreadable = Reference cannot be read
    .what = A reference image could not be read.
    .next = Remove it and add it again.
failure-disk-full = Disk full
    .what = The library’s disk has no room for the response and its images.
    .next = Free some space. Atelier goes on by itself; a paid response is never requested twice.
failure-cannot-write = Library cannot be written
    .what = The library’s folder cannot be written.
    .next = Check the folder’s permissions, then retry.
failure-keychain-silent = Keychain did not answer
    .what = The system’s keychain is locked or did not answer.
    .next = Unlock it, then retry.
spending-all = In all
spending-sum = { $known } said by gateways, { $estimated } estimated, { $requests ->
    [one] 1 request
   *[other] { $requests } requests
}, { $unknown } of unknown price
failure-over-cap = Spending cap reached
    .what = This request would cost more than the spending caps allow.
    .next = Raise the cap in the settings, or wait until the day or month is over.
failure-interrupted = Interrupted
    .what = Atelier was stopped while this request was on its way.
    .next = Retry if you still want the picture.
failure-cancelled = Cancelled
    .what = This request was cancelled.
    .next = Retry if you want it after all.

charge-no = You were not charged.
charge-maybe = You may have been charged.
charge-yes = The answer was charged.
failure-words = It said: “{ $words }”
failure-wait = The gateway asks to wait { $duration }.

## Messages

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
toast-emptying = Deleting { $done } of { $total } images for good…
toast-emptied = { $count ->
    [one] 1 image deleted for good
   *[other] { $count } images deleted for good
}
toast-copied = Copied
toast-no-model = The model of this picture is not known; the one in use stays
toast-other-model = There is no model “{ $name }” here; the one in use stays
toast-taken-over = The recipe is in the composer
toast-near-model = “{ $name }” stands in for the model “{ $wanted }”
toast-not-taken = Not taken over: { $list }
foreign-title = Brought in
foreign-copied = Copied from
foreign-stays = Stays at
foreign-tool = Program
foreign-negative = Not to show
foreign-steps = Steps
foreign-sampler = Sampler
foreign-guidance = Guidance
foreign-guessed = Guessed
stop = Stop
toast-importing = Bringing in pictures: { $done } of { $total }
import-new = { $count ->
    [0] No new pictures
    [one] 1 picture brought in
   *[other] { $count } pictures brought in
}
import-there = { $count ->
    [one] 1 was there already
   *[other] { $count } were there already
}
import-found = { $count ->
    [one] 1 was found again
   *[other] { $count } were found again
}
import-trashed = { $count ->
    [one] 1 of those is in the trash
   *[other] { $count } of those are in the trash
}
import-failed = { $count ->
    [one] 1 could not be brought in
   *[other] { $count } could not be brought in
}
top-import = Import pictures
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
import-copy-note = The library keeps every picture, whatever happens to your files. Your files stay as they are.
import-leave = Leave where they are
import-leave-note = Nothing is copied. A picture cannot be shown while its file is moved, deleted or on a disk that is not there. Your files are never moved, changed or deleted.
import-as-references = Use as references
import-as-references-note = They go along with the next prompt and do not come into the gallery.
import-do = Continue
import-note = Each picture comes in once.
import-show = Show
import-failures = { $count ->
    [one] 1 file was not brought in
   *[other] { $count } files were not brought in
}
drop-import = Drop to import into the library
drop-anywhere = Drop to import or to use as reference: you are asked which
import-left = { $count ->
    [one] 1 was not tried
   *[other] { $count } were not tried
}
import-cancelled = stopped before the end
import-full-stop = {". "}
import-and = {", "}
import-unreadable = This cannot be read ({ $reason })
import-no-picture = This is not an image that Atelier can open
import-empty = The file is empty
import-foreign = Atelier cannot open { $format }; export it as PNG or JPEG
import-film = { $format } is a video; export a frame of it as PNG or JPEG
import-unsupported = Atelier cannot open this kind of image ({ $what }); export it as PNG or JPEG
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
import-broken = This picture is damaged
import-odd-path = The name of this file or of its folder is no text, so it can only be copied
import-not-tried = This was not tried
import-too-large = This picture is too large
import-cannot-store = This could not be stored ({ $reason })
import-make-room = What is in the library stays. Make room on the disk or make its folder writable, then import the same files again: none is stored twice.
notice-reference-not-fetched = The picture at { $host } cannot be used as a reference.
notice-reference-no-address = This link cannot be followed. Use one that begins with https://
notice-reference-data = There is no picture in the data that was pasted.
notice-reference-too-large = It is larger than 64 MB.
notice-reference-private = The link leads into a private network.
notice-reference-no-picture = The link does not lead to an image that Atelier can open.
notice-reference-foreign = { $name } is { $format }, which Atelier cannot open. Export it as PNG or JPEG.
notice-reference-refused = { $name } is not a picture that can be used as a reference
notice-response-saved = { $count ->
    [one] Saved 1 file: { $path }
   *[other] Saved { $count } files, the first as { $path }
}
notice-nothing-kept = This response is no longer kept
notice-response-not-saved = The response could not be saved: { $reason }
notice-cannot-reveal = The file manager could not be opened
notice-no-dialog = The file dialog could not be opened
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
notice-cannot-save = { $path } could not be written: { $reason }
notice-in-library = { $path } is inside the library’s own folder. Choose a place outside it.
notice-task-failed = Atelier ran into an internal error and did not finish this. Details are in the log.
notice-cannot-organise = This could not be written down and has not changed: { $reason }
notice-cannot-delete = The trash could not be used: { $reason }
notice-library-trouble = The library could not be read: { $reason }
notice-interrupted = { $count ->
    [one] 1 request was interrupted when Atelier last stopped
   *[other] { $count } requests were interrupted when Atelier last stopped
}
notice-profiles-imported = { $count ->
    [0] All providers of that file are here already
    [one] 1 provider was added
   *[other] { $count } providers were added
}
notice-wildcards-refused = No wildcards were read from “{ $name }”: { $reason }
notice-profiles-confirm = { $imported }. Confirm the host in Settings, or with “atelier profiles trust”, before a key is sent to it.
notice-profiles-refused = No providers were read from “{ $name }”.
notice-profiles-not = It is not a file of providers.
notice-profiles-later = It was written by a later version of Atelier.
notice-profiles-wrong-url = The address of “{ $profile }” is not a web address.
notice-profiles-exported = Providers written to { $path }
notice-profiles-left-out = Left out, because they may be secret: { $names }.
notice-styles-refused = No styles were read from “{ $name }”.
notice-styles-none = There are no styles in it.
notice-styles-exported = { $count ->
    [one] 1 style written to { $path }
   *[other] { $count } styles written to { $path }
}
notice-held = { $count ->
    [one] 1 request has been waiting since Atelier last stopped. It is held back until you resume it.
   *[other] { $count } requests have been waiting since Atelier last stopped. They are held back until you resume them.
}
notice-spending-exported = { $count ->
    [one] 1 request was written to { $path }
   *[other] { $count } requests were written to { $path }
}
notice-too-late-to-change = That request has already been sent and was not changed.
notice-settings-lost = { $count ->
    [one] Atelier does not know the value of the setting { $values } and uses its default. The old file is kept as { $copy }.
   *[other] Atelier does not know the values of the settings { $values } and uses their defaults. The old file is kept as { $copy }.
}
notice-recovered = { $count ->
    [one] 1 picture that had already arrived was saved
   *[other] { $count } pictures that had already arrived were saved
}

## Welcome

welcome-title = Describe a picture, press { $keys }
welcome-demo = You are on the built-in demo provider: it paints locally, needs no key and costs nothing. Add a DGrid key to generate with real models.
welcome-ready = Pictures appear here as they arrive, and stay on this computer.
welcome-add-key = Add API key
welcome-example = Try an example prompt
example-lighthouse = A lighthouse on a cliff at dawn, mist over the sea, soft warm light, wide angle
example-tea = A cup of oolong tea on a wooden table by a rainy window, shallow depth of field
example-city = A city skyline at blue hour, reflections on wet streets, neon signs, cinematic
example-forest = A quiet path through a bamboo forest, sunbeams in light fog, watercolour

## Composer

prompt-hint = Describe a picture…
composer-prompt = Prompt
composer-letters = { $count ->
    [one] 1 character
   *[other] { $count } characters
}
mask-title = Paint what is to be made anew
mask-note = The painted parts are made anew, the rest stays. [ and ] change the size, E erases.
mask-use = Use mask
mask-none = Use no mask
mask-brush = Brush
mask-brush-tip = Paint what is to be made anew (E)
mask-eraser = Eraser
mask-eraser-tip = Take painted parts away (E)
mask-size = Size
mask-size-tip = Size of the brush ([ and ])
mask-percent = { $percent } %
mask-undo = Undo stroke
mask-undo-tip = Take the last stroke back (Ctrl+Z)
mask-clear = Clear
mask-loading = The image is being read…
mask-canvas = Image to paint over: arrow keys move the brush, Space paints
mask-covered = { $percent } % painted
mask-paint = Paint a mask…
mask-paint-tip = Choose which part of the first reference is made anew
mask-change = Mask…
mask-remove = Remove mask
edit-section = Editing
edit-leave = Leave
edit-leave-name = Stop editing this image
edit-alone = This image alone
edit-alone-tip = Only the image goes along with what you write
edit-converse = Whole conversation
edit-converse-tip = What was asked before, with the images that came of it, goes along
edit-go-on = Go on from step { $step }
edit-open = Open the image of step { $step }
edit-along = { $count ->
    [one] 1 image goes along
   *[other] { $count } images go along
}
prompt-hint-edit = What should change?
composer-references = Reference images
composer-references-none = Drop, paste or add
composer-drop = Drop to use as reference
composer-add-tip = Add a picture for the model to look at
composer-remove-reference = Remove { $name }
composer-model = Model
composer-model-hint = Type or choose a model
composer-models = Models
composer-show-models = Show the models
composer-refresh-models = Ask the provider for its models again
composer-no-models = The provider has not told its models. Any model id can be typed.
composer-no-such-model = No model of that name is in the list. It is sent as it is typed.
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
composer-pixels-nearest = Sent as { $size }, the nearest size that this model takes
composer-pixels-classes = Sent as { $size }: this model takes no size in pixels
composer-parameters = Parameters
composer-advanced = Advanced
composer-advanced-note = penalties, tokens, stop…
composer-advanced-set = { $count } set
composer-generate-many = Generate { $count } images
composer-more-ways = More ways to generate

# Parameter grids
grid-title = Parameter grid
grid-hint = The composer’s prompt and parameters, once for each value of the columns and of the rows.
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
grid-hint-texts = One a line
grid-random-seeds = { $count } random
grid-add-model = Add a model
grid-remove-model = Remove { $model }
grid-search-models = Search models, or type an id
grid-add-typed = Add “{ $model }”
grid-preview = Layout
grid-more-cells = { $count ->
    [one] and 1 more cell
   *[other] and { $count } more cells
}
grid-set = { $columns } × { $rows } = { $requests }
grid-set-of-variants = { $columns } × { $rows } × { $variants } = { $requests }
grid-no-values = Choose what changes and give it values.
grid-not-values = A value cannot be understood.
grid-not-number = “{ $what }” is not a number or a range.
grid-no-step = “{ $what }” needs a step: 0.2..1.0..0.2
grid-outside = “{ $what }” is not between { $least } and { $most }.
grid-too-many-values = There are more than { $most } values.
contact-title = Grid
contact-running = { $count } running
contact-failed = { $count } failed
contact-ask-again = Ask { $count } again
contact-ask-again-tip = Asks again for every cell that failed or was cancelled
contact-close = Back to the images
contact-export = Export as one picture
contact-cell = Size of the images
contact-pixels = { $count } px
contact-smaller = The picture would become too large: its images are { $count } px.
contact-file = grid
contact-saved = Saved as { $path }
inspector-show-grid = Show grid
inspector-show-contest = Show comparison

# Blind comparisons
blind-title = Compare models blind
blind-hint = Each model is asked once. Their pictures are shown without names and in random order until you have chosen.
blind-start = Ask { $count } models
blind-two-models = Choose at least two models.
blind-too-many = At most { $most } models can be compared at once.
blind-one-prompt = This prompt stands for several. A comparison needs a single one.
contest-title = Blind comparison
contest-hint = Which one is the best? Press 1–{ $last }, or 0 if none is.
contest-waiting = { $done } of { $all } are there
contest-too-few = There are not two pictures to compare. Ask again, or skip.
contest-won = { $model } is the winner
contest-tied = No winner
contest-skipped = Skipped: counts for no model
contest-tie = None is better
contest-skip = Skip
contest-skip-tip = Show the names without choosing; it counts for no model
contest-best = { $letter } is the best
contest-picture = Picture { $letter }
contest-again = Ask again: { $which }
contest-gone = This picture is gone.
contest-standings = Blind comparisons so far
contest-score = won { $won } of { $seen } · { $percent } %
contest-never-seen = not compared yet
fact-blind = hidden until you have chosen

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
composer-every-tip = Sends each prompt that the braces stand for
composer-every-short = All
composer-random = Some at random
composer-random-tip = Sends some of them by chance. The same seed gives the same prompts.
composer-random-count = How many prompts
composer-random-seed = Seed of the prompts
composer-random-other = Choose other prompts
composer-as-written = As written
composer-as-written-tip = Sends braces and dollar signs as they stand
composer-history = History
composer-history-search = Search earlier prompts
composer-history-none = No prompts found
composer-avoid = Avoid
composer-avoid-more = Avoid…
composer-avoid-tip = Say what is not to be seen. The providers have no field for it, so it is sent in words after the prompt.
composer-avoid-hint = text, watermark, fog
composer-avoid-note = Sent in words after the prompt: “Avoid: { $words }”
wildcards = Wildcards
wildcards-none = A wildcard is a list of your own. Its name in a prompt, as in __animal__, stands for any of its lines.
wildcards-edit = Edit wildcards…
wildcards-new = New wildcard
wildcards-name = Name of the wildcard
wildcards-name-hint = animal, or place/city
wildcards-text = Lines of the wildcard
wildcards-text-hint = One option a line
wildcards-save = Save
wildcards-delete = Delete
wildcards-import = Import…
styles = Styles
styles-add = Style
styles-edit = Edit styles…
styles-search = Search styles
styles-none = A style puts words before and after any prompt, and can set parameters. Make one, or import a file of styles.
styles-new = New style
styles-first = Style
styles-name = Name of the style
styles-take-off = Take off { $name }
styles-prefix = Before the prompt
styles-prefix-hint = a film still of
styles-suffix = After the prompt
styles-suffix-hint = 35 mm, grain, soft light
styles-negative = Avoid
styles-negative-hint = text, watermark
styles-no-parameters = Sets no parameters.
styles-take-parameters = Take the composer’s
styles-clear-parameters = Clear
styles-set = Set by styles: { $list }
styles-export = Export…
styles-import-tip = Styles of Atelier (JSON) or of A1111 (styles.csv). Nothing that is there is replaced.
snippets = Snippets
snippets-search = Search snippets and variables
snippets-none = A snippet is a text of yours to be put into prompts. Select some words in the prompt to save them.
snippets-save = Save the selected words
snippets-edit = Edit snippets and variables…
snippets-new = New snippet
snippets-first = Snippet
snippets-name = Name of the snippet
snippets-text = Text of the snippet
snippets-text-hint = Any words, or a template
variables = Variables
variables-none = A variable is a name for a text. $style in a prompt stands for the text of “style”.
variables-new = New variable
variables-first = name
variables-name = Name of the variable
variables-name-wrong = A name has no spaces and none of the signs that prompts use.
variables-text = What it stands for
variables-text-hint = Any words, or a template such as { "{" }ink|oil{ "}" }
kit-name-empty = It needs a name.
kit-name-taken = Another one is called so. The former name stays.
kit-removed = “{ $name }” was deleted.
kit-up = Move up
kit-down = Move down
wildcards-discard = Discard
wildcards-stay = Keep editing
wildcards-unsaved = “{ $name }” has changes that are not saved.
wildcards-unsaved-new = The new wildcard is not saved.
wildcards-lines = { $count ->
    [one] 1 option
   *[other] { $count } options
}
template-no-wildcard = No wildcard is named “{ $name }”. It is sent as it is written.
template-empty-wildcard = The wildcard “{ $name }” is empty. It is sent as it is written.
template-no-variable = Nobody has said what ${ $name } means. It is sent as it is written.
template-circular = “{ $name }” refers to itself.
template-too-deep = Too many braces or names lie within each other.
template-too-long = This prompt would become longer than any model reads.
template-too-many = More options are picked at once than can be counted.
question-title = { $count ->
    [one] Send 1 request?
   *[other] Send { $count } requests?
}
question-send = Send { $count }
list-separator = ,{" "}
fact-separator = {" "}·{" "}
left-out-turns = the earlier turns of the conversation
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
abilities-no-choice = the model decides
abilities-fixed-size = always about { $size }
abilities-not-taken = This model does not take it
learned-never = Asked for before, and it came otherwise
learned-never-came = { $what } has not come so far
learned-references-ignored = ignored by this model so far
references-of = { $count } of { $limit }
references-too-many = { $count }, only { $limit } are sent
references-best = { $count }, best up to { $limit }
references-fetching = { $count ->
    [one] Fetching 1 image…
   *[other] Fetching { $count } images…
}
references-smaller = Made smaller for this model before sending: { $names }. The files stay as they are.
references-anew = Converted for this model before sending: { $names }. The files stay as they are.
reference-mention = Mention @{ $name } in the prompt
reference-put-in = Mention in the prompt
reference-rename = Rename
reference-rename-named = Rename @{ $name }
reference-name = Name of the reference
reference-earlier = Move earlier
reference-later = Move later
reference-where-used = Where used
reference-remove = Remove
composer-no-reference = No reference is called { $name }; it stays as it is written.
references-not-taken = not taken by this model
model-price = ~{ $price } / image
model-price-unknown = price not known
model-free = free
model-unknown = nothing known of it
model-no-images = no images, as far as known
model-no-references = no references
model-references = { $count ->
    [one] 1 reference
   *[other] { $count } references
}
model-reference-bytes = each up to { $bytes }
model-deprecated = Deprecated
model-ends = Ends { $date }
model-ended = Shut down on { $date }
model-ended-instead = Shut down on { $date }; choose { $model }
model-instead = use { $model }
model-other-endpoint = This model usually answers at { $endpoint }, which this provider is not set to ask.
composer-add-key = Open Settings
provider-demo = Demo (offline)
default = Default
default-not-sent = Default (not sent)
more = More
on = On
off = Off
parameter-images = Images
parameter-temperature = Temperature
parameter-top-p = Top-p
parameter-tip = Nothing is sent while this is on default; the provider then uses its own value, usually { $value }. Double-click the slider to go back.
parameter-seed = Seed
parameter-seed-tip = The same seed gives the same picture with models that support it
seed-random = Random
seed-fixed = Fixed
seed-count-up = Count up
seed-count-up-tip = Each request gets the next seed, also the next time you generate
seed-of-picture = From picture
seed-of-picture-tip = Use { $seed }, the seed of the selected picture
presets = Presets
presets-tip = Parameters that you keep for this model
presets-none = Nothing is kept for this model yet.
presets-name = Name of the preset
presets-save = Save
presets-update = Put what is set now into { $name }
presets-delete = Delete { $name }
presets-undo = Bring { $name } back
recall = Choose what to reuse
recall-everything = Everything
recall-prompt = Prompt as it was sent
recall-template = Template and styles
recall-parameters = Parameters
recall-seed = Seed
recall-references = References
diff = Differences
diff-tip = Compare this prompt with that of the selected picture
diff-title = From the picture’s prompt to this one
diff-removed = removed “{ $words }”
diff-added = added “{ $words }”
parameter-stream = Stream
parameter-stream-tip = Take the answer piece by piece as it is made
parameter-presence-penalty = Presence
parameter-frequency-penalty = Frequency
parameter-max-tokens = Max tokens
parameter-max-completion-tokens = Max completion
parameter-user = User
parameter-contents = Gemini parts
parameter-contents-tip = Also send prompt and references as “contents” with inlineData, as Gemini’s own interface takes them
parameter-stop = Stop sequences
parameter-stop-note = one per line, up to 4
parameter-logit-bias = Logit bias
parameter-tools = Tools
parameter-tool-choice = Tool choice
parameter-response-format = Response format
fault-not-whole = Not a whole number
fault-not-above-zero = Not a whole number above zero
fault-too-many = At most four
fault-not-json = Not JSON: see line { $line }, column { $column }
fault-unfinished = Not whole JSON yet: the end is missing
fault-not-biases = Has to map token ids to numbers from −100 to 100, such as {"{"}"50256": -100{"}"}
fault-not-list = Has to be a list of objects in square brackets
fault-not-choice = Has to be auto, none, required or an object
fault-not-typed = Has to be an object with a type, such as {"{"}"type": "text"{"}"}
obstacle-newer-library = A newer Atelier made this library, so it can only be looked at. Update Atelier to make images or change anything.
obstacle-too-many = At most { $most } requests can be sent at once.
obstacle-prompt = Write a prompt first
obstacle-model = Choose a model first
obstacle-provider = This provider is no longer in Settings.
obstacle-key = { $provider } needs an API key.
obstacle-entry = { $field } cannot be sent as it is.

## Settings

done = Done
settings-title = Settings
settings-providers = Providers
settings-general = General
settings-queue = Queue and money
settings-resume = Requests that waited when Atelier was closed
settings-resume-ask = Wait for me
settings-resume-go-on = Go on by themselves
settings-caps = Spend at most, in US dollars
settings-cap-day = In a day
settings-cap-month = In a month
settings-cap-batch = For one batch
settings-cap-none = No cap
settings-cap-wrong = Not an amount
settings-cap-spent = { $amount } so far
settings-caps-hint = At a cap the queue stops before the next request is sent, and goes on by itself when the cap is raised or its day or month is over. What is being made counts with its estimate.
settings-kept = Keep responses that did not become images for
settings-kept-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
settings-kept-size = Use at most
settings-kept-none = No responses are kept.
settings-kept-now = { $count ->
    [one] 1 response is kept, { $size }. It may be paid for; its card offers to read it again.
   *[other] { $count } responses are kept, { $size }. They may be paid for; their cards offer to read them again.
}
settings-kept-show = Show their cards
settings-kept-delete = Delete kept responses…
settings-kept-confirm = { $count ->
    [one] Delete 1 response for good
   *[other] Delete { $count } responses for good
}
settings-notify = When everything is done and Atelier is not in front
settings-notify-on = Tell the desktop
settings-sound = Sound
settings-on = On
settings-off = Off
settings-per-minute = Requests a minute to this provider
settings-per-minute-hint = As many as there are
settings-shortcuts = Shortcuts
settings-add = Add
settings-add-provider = Add a provider
settings-add-note = Any gateway that speaks OpenAI’s chat completions can be added.
settings-add-this = Add provider
settings-demo = Paints on this computer from the words of the prompt. It needs no key, costs nothing and works offline.
settings-name = Name
settings-base-url = Base URL
settings-usual-url = Back to the usual one
settings-options = Aspect ratio and size are sent as
settings-options-message = System message
settings-options-pixels = Pixels
settings-options-ratio = Ratio
settings-options-words = Words in the prompt
settings-options-not = Not sent
settings-dialect = Pictures are asked for at
settings-references = References are sent as
settings-references-form = Files of a form
settings-references-json = Data URLs in JSON
settings-modalities = Answers are asked to be
settings-modalities-usual = As usual
settings-modalities-both = Pictures and text
settings-modalities-image = Pictures only
settings-advanced = Headers, limits, proxy, prices
settings-headers = Extra headers
settings-headers-hint = X-Title: Studio
settings-wrong-header = Each line is a name, a colon and a value.
settings-secret-header = This looks like a secret, and would stand in a file. Write {"{"}key{"}"} where the key of this provider belongs.
settings-extra-body = Extra fields of requests
settings-extra-body-hint = {"{"} "provider": {"{"} "sort": "price" {"}"} {"}"}
settings-wrong-json = Not a JSON object yet.
settings-connect = Longest wait for a connection, in seconds
settings-connect-hint = 10
settings-first-byte = Longest wait for an answer to begin, in seconds
settings-first-byte-hint = 360
settings-between-bytes = Longest pause within an answer, in seconds
settings-between-bytes-hint = 60
settings-whole = Longest time for a whole response, in seconds
settings-whole-hint = 1800
settings-link-ports = Links to other ports of this computer
settings-link-ports-refused = Don’t allow
settings-link-ports-allowed = Allow
settings-wrong-seconds = A whole number of seconds, from 1 to 86,400.
settings-at-once-here = Requests at once to this provider
settings-at-once-here-hint = As many as to all together
settings-wrong-count = A number from 1 to 64.
settings-way = It is reached
settings-proxy-system = As the system is set
settings-proxy-direct = Directly
settings-proxy-through = Through a proxy
settings-proxy = The proxy’s address
settings-proxy-hint = socks5://127.0.0.1:9050
settings-wrong-proxy = An address that begins with http://, https://, socks5:// or socks5h://, without user name and password.
settings-prices = Prices per image, in dollars
settings-prices-hint = maker/image-1 = 0.039
settings-wrong-price = Each line is a model, an equals sign and a price.
settings-key-header = The key is sent as
settings-begin-as = Begin as
settings-sharing = All providers
settings-import = Import…
settings-export-all = Export…
settings-sharing-note = Keys and other secrets stay here; an import changes no provider that is here already.
settings-confirm-host = The address of this provider came from a file or was changed. Send its API key to { $host }?
settings-confirm-host-yes = Send the key to { $host }
settings-key = API key
settings-connection = Connection
settings-test = Test connection
settings-certificate = Trusted certificate
settings-certificate-note = Atelier accepts this certificate from { $host }, and only from there.
settings-certificate-remove = Remove trust
card-trust = Trust…
trust-button = Trust this certificate…
trust-title = Trust this certificate?
trust-host = Host
trust-fingerprint = SHA-256 fingerprint
trust-note = Trust it only if the server shows the same fingerprint. Whoever runs that server can read your key and prompts. The certificate is trusted for “{ $provider }” and no other provider.
trust-yes = Trust for this provider
settings-testing = Asking…
settings-connected = OK · { $took } · { $models ->
    [one] 1 image model
   *[other] { $models } image models
}
settings-remove = Remove this provider
settings-remove-now = Remove { $name } and forget its key
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
settings-motion-usual = As the system is set
settings-motion-reduced = Reduced
settings-requests = Requests
settings-at-once = At once
settings-library = Library folder
settings-copy-path = Copy the path
cancel = Cancel
key-asking = Waiting for the keychain…
key-not-needed = Not needed on this computer
key-missing = No key yet
key-stored = Stored in the system keychain
key-session = Only until Atelier closes
key-environment = From { $variable }
key-unreachable = Keychain not reachable
key-unusable = Cannot be used
key-note-unusable = In { $variable }: { $flaw } Copy the whole key again from the provider’s page.
key-note-unusable-stored = In the keychain: { $flaw } Copy the whole key again from the provider’s page.
key-replace = Replace
key-forget = Forget
key-save = Save
key-paste = Paste
key-hint = Paste the key here
key-note = Keys are kept in the system’s keychain, never in a file or a log.
key-note-environment = It is read from the environment when Atelier starts and kept nowhere else.
key-note-session = The key is in memory only. To keep one without a keychain, set { $variable }.
key-note-unreachable = A key saved now lasts until Atelier closes; one can also be set in { $variable }.
keychain-none = This system has no keychain.
keychain-silent = The keychain is locked or did not answer.
keychain-refused = The keychain refused.

## Gallery

gallery-all = All images
gallery-found = Results for “{ $search }”
gallery-selected = { $count } selected
gallery-size = Thumbnail size
gallery-mismatched = Not as asked
mismatch = asked { $asked }, got { $got }
gallery-date = Go to date
gallery-day-start = Go to where this day begins
gallery-scroll-bar = Scroll bar
marks = Stars, flags and labels
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
order-rating = Best rated
order-cost = Most expensive
order-size = Largest
order-model = By model
filter-all = Filters
filter-rating = Rating
filter-model = Model
filter-collection = Collection
filter-more = More filters
filter-any = Any
filter-none = There are none yet
filter-unrated = Not rated
filter-unflagged = Neither picked nor rejected
filter-imported = Imported
filter-has-reference = Made with a reference
filter-has-note = With a note
filter-has-tag = With a tag
filter-has-label = With a label
trash = Trash
trash-back = Back to all images
trash-restore = Restore { $count }
trash-restore-all = Restore all
trash-empty = Empty trash…
trash-sure = { $count ->
    [one] Delete 1 image for good? It cannot be brought back.
   *[other] Delete { $count } images for good? They cannot be brought back.
}
trash-for-good = Delete for good
trash-nothing = The trash is empty
gallery-stacked = Stack images that belong together
stack-open = Show { $count } images of this request
stack-open-source = Show this image and what batches made of it, { $count } in all
stack-open-batch = Show { $count } images that batches made of one image
stack-close = Stack these images
gallery-pictures = Pictures
gallery-nothing-found = Nothing matches “{ $search }”
gallery-show-all = Show all images
picture = Picture
more-actions = More actions
card-waiting = Waiting
card-held = Held back
card-resume = Resume
card-short-of-room = { $free } free, { $needed } needed
card-generating = Generating…
card-receiving = Receiving
card-receiving-percent = Receiving · { $percent } %
card-done = Done
card-cancelled = Cancelled
card-bytes-of = { $done } of { $total }
card-bytes-time = { $bytes } · { $time }
card-time-prompt = { $time } · { $prompt }
card-cancel = Cancel “{ $prompt }”
card-dismiss = Remove this card: { $prompt }
card-edit-prompt = Edit prompt
card-retry = Retry
card-again = { $title } · trying again in { $time }
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
card-save-response = Save what came…
card-retry-price = Retry · { $price }
unreadable-moved = It was left where it was, and is no longer there: { $path }. Import it from where it is now, and it is found again.
unreadable-missing = The file is gone
unreadable-broken = The file is damaged
unreadable-too-large = Too large to show

## Inspector

inspector-nothing = Select a picture to see how it was made
inspector-answer = Text that came with it
inspector-selected = { $count } images selected
inspector-selected-hint = Ask again for each of them, send them along as references, or export them together.
copy = Copy
export-more = Export…
batch-more = Batch…
fact-provider = Provider
fact-model = Model
fact-answered-by = Answered by
fact-size = Size
fact-asked = Asked for
fact-template = Written
fact-mismatch = Not as asked
fact-not-sent = Not sent
references-ignored = The gateway counted no tokens for the references: the model seems not to have seen them.
references-contents = Try again with contents
references-plain = Try again without contents
references-settings = Change how they are sent…
fact-references = References
fact-turns = Earlier turns
fact-tokens = Tokens
fact-tokens-parts = { $total } ({ $in } in, { $out } out)
fact-cost = Cost
fact-took = Took
fact-created = Created
date-and-time = { $date }, { $time }

## Viewer

viewer-position = { $place } / { $total }
viewer-fit = Fit
viewer-zoom = { $percent } %
viewer-zoom-in = Zoom in
viewer-zoom-out = Zoom out
viewer-neighbour = Picture { $place }

## Looking a provider over

doctor-check = Check this provider
doctor-checking = Checking…
doctor-try = Make one picture
doctor-trying = Making one picture…
doctor-costs = It is kept in the library. { $price }
doctor-price = It costs about { $price }.
doctor-price-unknown = What it costs is not known.
doctor-cost-unknown = cost unknown
doctor-address = Address
doctor-network = Network
doctor-encryption = Encryption
doctor-models = Models
doctor-key = Key
doctor-clock = Clock
doctor-model = Model
doctor-picture = Picture
doctor-goes-to = Requests go to { $origin }.
doctor-reached = Connected in { $took }.
doctor-no-such-host = The host was not found: { $reason }.
    .next = Check the spelling of the address and whether this computer is online.
doctor-not-reached = Nothing took the connection: { $reason }.
    .next = Check the port, a firewall or a proxy, and whether the server is running.
doctor-through-proxy = The proxy of the settings is used.
doctor-encrypted = The connection is encrypted and the certificate is good.
doctor-plain-here = Not encrypted, which is fine on this computer.
doctor-plain-elsewhere = The connection is not encrypted: others on the way can read the key.
    .next = Use an address that begins with https:// if there is one.
doctor-listed-models = { $all ->
    [one] 1 model
   *[other] { $all } models
}, { $image } of them for images, listed in { $took }.
    .next = Enter the id of an image model yourself if you know one.
doctor-key-taken = The key is accepted.
doctor-key-not-needed = No key is needed.
doctor-key-unproven = Whether the key is accepted was not shown: the list of models does not depend on it.
    .next = One picture would show it.
doctor-clock-right = The clocks agree.
doctor-clock-ahead = This computer’s clock is { $off } ahead of the gateway’s.
doctor-clock-behind = This computer’s clock is { $off } behind the gateway’s.
doctor-clock-next = Set the clock: keys, links and certificates have times at which they end.
doctor-clock-unknown = The gateway does not tell the time.
doctor-listed = { $model } is on the list.
doctor-not-listed = { $model } is not on the list.
    .next = It may work nevertheless; else choose one from the list.
doctor-no-image-model = No image model is on the list.
    .next = Enter the id of an image model yourself if you know one.
doctor-list-unknown = There is no list to look into.
doctor-came = { $count ->
    [one] A picture came
   *[other] { $count } pictures came
}: { $facts }
doctor-streamed = as events
doctor-at-once = in one piece
doctor-tokens = { $tokens } tokens
doctor-not-asked = No picture was asked of { $model }. { $price }
doctor-no-model-to-ask = No picture was asked for, because no model is known.

## Request and answer

exchange-title = Request and answer
exchange-request = Request
exchange-answer = Answer
exchange-find = Find; Enter goes to the next place
exchange-copy-curl = Copy as curl
exchange-copy-request = Copy the request
exchange-copy-answer = Copy the answer
exchange-show = Request and answer of “{ $prompt }”
exchange-reading = Reading…
exchange-none = Nothing was kept of what went over the wire: the image was made before Atelier kept it, or the request was never sent.
exchange-no-answer = No answer came.
exchange-no-body = What the answer said was not kept, because Atelier stopped while it arrived.
exchange-note = The key and image data are left out.

## Prompt sheets

tab-sheet = Sheets
verb-show-page = Go to “{ $page }”
sheet-title = Prompt sheets
sheet-about = A table whose rows are jobs. Its columns are the prompt, parameters, or variables of a prompt: “$animal” in the prompt is what each row says in the column “animal”. Rows that failed or have changed can be made again alone.
sheet-new = New sheet
sheet-open-file = Open a file…
sheet-ways = CSV, TSV, XLSX and JSON lines. Files can also be dropped here, and cells pasted from a spreadsheet.
sheet-kept = Your sheets
sheet-untitled = Untitled sheet
sheet-drop = Drop to open as a sheet
sheet-not-pasted = This cannot be pasted: { $why }
sheet-remove-named = Remove “{ $name }”
sheet-back = Sheets
sheet-name = Name of the sheet
sheet-more = More
sheet-undo = Take back the last change
sheet-redo = Make it again
sheet-save-csv = Save as CSV…
sheet-remove = Remove this sheet
sheet-template = Prompt for every row
sheet-template-hint = a $animal at dusk, wide angle
sheet-template-hint-own = Only for rows without a prompt of their own
sheet-base = For all rows: { $facts }
sheet-seed = seed { $seed }
sheet-references = { $count ->
    [one] { $count } reference
   *[other] { $count } references
}
sheet-take-base = Take from composer
sheet-take-base-tip = Use the model, parameters, references and styles that the composer has now. Rows that were made otherwise count as changed.
sheet-take-base-same = The composer has the same
sheet-table = Rows of { $name }
sheet-cell = Row { $row }, { $column }
sheet-picture = Picture of row { $row }
sheet-row-state = Row { $row }: { $state }
sheet-state-head = Result
sheet-state-new = Not made yet
sheet-state-waiting = Waiting
sheet-state-running = Generating…
sheet-state-done = Done
sheet-state-changed = Changed since
sheet-state-changed-tip = The row, the template or the settings for all rows have changed since these pictures were made.
sheet-state-stopped = Cancelled
sheet-state-cancelled = You were not charged for it.
sheet-state-cancelled-sent = It had been sent: you may have been charged.
sheet-column-name = Column { $name }
sheet-column-prompt = Prompt
sheet-column-variable = Variable { $name }
sheet-column-note = Note, not sent
sheet-column-rename = Name of the column
sheet-column-before = Insert a column before
sheet-column-after = Insert a column after
sheet-column-left = Move left
sheet-column-right = Move right
sheet-column-remove = Remove the column
sheet-column-add = Add a column
sheet-column-new = Name of a variable
sheet-field-avoid = Avoid
sheet-field-style = Style
sheet-field-provider = Provider
sheet-field-model = Model
sheet-field-aspect = Aspect ratio
sheet-field-size = Size
sheet-field-seed = Seed
sheet-field-images = Images
sheet-field-temperature = Temperature
sheet-field-top-p = Top-p
sheet-field-max-tokens = Max tokens
sheet-field-references = Reference images
sheet-cells-menu = Cells
sheet-copy = Copy
sheet-clear = Clear
sheet-row-before = Insert a row above
sheet-row-after = Insert a row below
sheet-row-up = Move up
sheet-row-down = Move down
sheet-rows-remove = { $count ->
    [one] Remove the row
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
sheet-count-busy = { $count } under way
sheet-count-done = { $count } done
sheet-count-failed = { $count } failed
sheet-count-changed = { $count } changed
sheet-count-faulty = { $count } to correct
sheet-count-new = { $count } to make
sheet-nothing-left = Nothing is left to make.
sheet-run = { $count ->
    [0] Make rows
    [one] Make { $count } row
   *[other] Make { $count } rows
}
sheet-run-more = More ways to make rows
sheet-run-failed = Only what failed ({ $count })
sheet-run-changed = What failed or has changed ({ $count })
sheet-run-chosen = Selected rows ({ $count })
sheet-run-all = Everything again ({ $count })
sheet-stop = Cancel all
sheet-export = Export results…
sheet-export-title = Export the results of this sheet
sheet-export-start = Export
sheet-export-fields = Besides the usual fields: { $fields }
sheet-export-progress = { $done } of { $total } files
sheet-export-done = { $count ->
    [one] { $count } file was written.
   *[other] { $count } files were written.
}
sheet-export-table = The table of the rows: { $path }
sheet-export-no-table = The table of the rows could not be written.
sheet-export-failed = { $count ->
    [one] { $count } file was not written: { $why }
   *[other] { $count } files were not written: { $why }
}
toast-sheet-removed = “{ $name }” was removed. Its pictures stay.
toast-no-sheet = The sheet cannot be opened: { $reason }
toast-table-saved = Saved as { $path }

## Prompt sheets: what is wrong with a cell, a row or a file

row-fault-no-prompt = There is no prompt.
row-fault-no-prompt-column = No column is called “prompt”. Rename a column, or write a prompt for every row.
row-fault-surplus = “{ $name }” is beyond the last named column. Put a prompt with commas in quotation marks, or name this column, or delete the text.
row-fault-error-value = “{ $name }” is a spreadsheet error, not a value. Replace it, or delete the row.
row-fault-formula = “{ $name }” is a formula without a result. Save the file again in a spreadsheet program, or write the text itself.
row-fault-names-again = This row repeats the column names. Delete it.
row-fault-no-model = No model is chosen.
row-fault-twice = Another column is for the same. Remove or rename one of them.
row-fault-not-a-number = “{ $name }” is not a number.
row-fault-not-whole = “{ $name }” is not a whole number.
row-fault-out-of-range = It has to be between { $least } and { $most }.
row-fault-below = It has to be at least { $least }.
row-fault-no-provider = There is no provider called “{ $name }”.
row-fault-no-reference = “{ $name }” is not a picture that can be read.
row-fault-no-style = There is no style called “{ $name }”.
row-fault-not-an-aspect = “{ $name }” is not an aspect ratio. Write it like 16:9.
row-fault-not-a-size = “{ $name }” is not a size. Write 512, 1K, 2K, 4K, or pixels like 1536x1024.
row-fault-too-many-prompts = The prompt stands for { $count } prompts. A row may stand for 100.
table-refused = “{ $name }” was not opened: { $why }
table-unreadable = it cannot be read ({ $reason }).
table-empty = there is nothing in it.
table-not-text = it is not text in a known encoding. Save it as “CSV UTF-8”, or as XLSX.
table-not-in = it is not text in { $encoding }.
table-too-large = it is too large.
table-too-many-rows = it has more than { $most } rows.
table-too-many-columns = it has more than { $most } columns.
table-cell-too-long = the text in row { $row }, column { $column }, is too long.
table-open-quote = the quotation mark on line { $line } is never closed.
table-not-json = line { $line } is not a JSON object ({ $reason }).
table-other-workbook = it is a workbook in another format. Save it as XLSX or “CSV UTF-8”.
table-bad-workbook = the workbook cannot be read ({ $reason }).
table-open-title = Open “{ $name }”
table-open = Open
table-encoding = Encoding
table-encoding-named = Encoding: { $encoding }
table-encoding-recognized = Recognized: { $encoding }. Choose another if the text looks wrong.
table-encoding-chosen = Read as { $encoding }
table-not-read-again = The file cannot be read as { $encoding }. Choose another encoding.
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

## Starting, exporting and the command line

start-busy = Another Atelier has this library open: { $folder }. Close it first, or name another library.
start-unwritable = The library’s folder cannot be written: { $folder } ({ $reason }). Check its permissions, or choose another folder.
start-disk-full = The disk of the library is full: { $folder }. Free some space and start again.
start-newer = This library was made by a newer Atelier and can only be looked at: { $folder }. Update Atelier to change it.
start-broken = The library cannot be read: { $folder } ({ $reason }).
start-system = The system refuses what Atelier needs to run ({ $reason }).
start-title = Atelier cannot open this library
start-close = Close
export-unreadable = The original is missing or broken.
export-skipped = A file of that name is already there.
export-in-library = This folder belongs to the library. Choose a folder outside it.
export-broke-down = Atelier ran into an internal error. Details are in the log.
export-disk-full = The disk is full.
export-cannot-write = The file cannot be written: { $reason }
template-unknown-field = “{ $field }” is not a field; there are date, time, prompt, model, provider, seed, id, n, width and height.
template-too-wide = “{ $field }” is too wide; a field has at most 200 characters.
template-unclosed = A brace is not closed.
template-empty = The name is empty.
cli-ending = { $signal }: nothing new is sent. Requests under way have { $seconds } s to finish; send the signal again to stop at once.
cli-stopped = Stopped by { $signal }. What was finished is kept.
cli-stopped-at-once = Stopped at once by { $signal }. Requests under way may have been charged; what has arrived is read at the next start.
cli-stopped-stored = { $count ->
    [one] 1 image was saved.
   *[other] { $count } images were saved.
}
cli-stopped-not-sent = { $count ->
    [one] 1 request was not sent; it is on hold in the library and costs nothing.
   *[other] { $count } requests were not sent; they are on hold in the library and cost nothing.
}
cli-stopped-under-way = { $count ->
    [one] 1 request was still under way and may have been charged; what has arrived is read at the next start.
   *[other] { $count } requests were still under way and may have been charged; what has arrived is read at the next start.
}
cli-no-display = There is no display for a window. Use “atelier generate --prompt …” to work without one.
cli-no-window = The window could not be opened ({ $reason }). Use “atelier generate --prompt …” to work without one.
cli-no-prompt = The prompt is empty.
cli-no-input = Standard input cannot be read: { $reason }
cli-unknown-style = There is no style “{ $name }”. There are: { $known }.
cli-too-many-prompts = The styles make more than { $most } prompts of this one; use styles with fewer alternatives.
cli-host-not-confirmed = The key of “{ $name }” is not sent to { $host } before you confirm that host: atelier profiles trust { $name }
cli-certificate-next = To trust it without the window: atelier profiles trust-certificate NAME --fingerprint { $fingerprint }
cli-certificate-trusted = “{ $name }” accepts this certificate from { $host }: { $fingerprint }
cli-certificate-removed = “{ $name }” accepts no other certificates than those that this computer trusts.
cli-certificate-plain = The address of “{ $name }” is not encrypted, so it shows no certificate.
cli-host-confirmed = The key of “{ $name }” is sent to { $host } from now on.
cli-unknown-provider = There is no provider “{ $name }”; there are { $known }.
cli-demo-has-no-url = The demo gateway has no base URL; name another provider with --provider.
cli-nothing-to-export = There are no such pictures.
cli-generating = Generating…
cli-receiving = Receiving · { $bytes }
cli-organised = { $count ->
    [one] One image was changed.
   *[other] { $count } images were changed.
}
cli-no-collection = There is no collection “{ $name }”.
cli-rebuilt = The index was made anew: { $count } images, { $trashed } of them in the trash.
cli-not-in-index = This is not in the index, because it cannot be read or its image is missing: { $path }
cli-checked = { $count } images were read: { $mended } flaws were mended, { $left } are left.
cli-unused-reference = No image was made with this reference; it stays, because a draft may use it: { $path }
flaw-missing-picture = The image is missing: { $path }
flaw-gone = The image was left where it was, and is not there (importing the moved file finds it again): { $path }
flaw-altered-picture = The image is not as it was received; only a backup can bring it back: { $path }
flaw-missing-sidecar = The image has no sidecar, so its recipe is not known: { $path }
flaw-unreadable-sidecar = The sidecar cannot be read: { $path }
flaw-not-in-index = The image is not in the index: { $path }
flaw-wrong-place = The image is not where the index has it: { $path }
flaw-left-over = A file was never finished: { $path }
flaw-lone-spool = No request waits for this answer: { $path }
flaw-missing-reference = A reference of this recipe is missing: { $path }
flaw-altered-reference = The reference is not as it was: { $path }
flaw-mended = Mended.

## Batch

batch-title = { $count ->
    [one] Batch: 1 selected image
   *[other] Batch: { $count } selected images
}
batch-prompt = Prompt for each image
batch-prompt-note = { $field } inserts the image’s own prompt
batch-prompt-hint = What should change in each picture?
batch-prompt-hint-together = What should become of all of them?
batch-as-reference = Each image as reference
batch-as-reference-tip = Sends this prompt once for each image, with the image along
batch-own-prompts = Their own prompts again
batch-own-prompts-tip = Asks each image’s own recipe again; only what is set below is changed
batch-together = All as references of one request
batch-together-tip = Sends this prompt once, with all images along in this order
batch-prompt-together = Prompt for all images together
batch-prompt-note-together = { $field } inserts the images’ own prompts
batch-fields-tip = { "{prompt}" }, { "{model}" }, { "{n}" } (its number) and { "{tag}" } insert what is known of an image
batch-place = { $n }
batch-not-sent = Not sent
batch-keep = Keep
batch-keep-tip = What is not set here stays as each image was made
batch-seed-own = Their own
batch-own-models = Their own models
batch-another-model = Another model
batch-model-of = { $model } × { $count }
batch-price-partly = { $price }, { $count } of unknown price
batch-time = about { $time } at { $at_once } at a time
batch-at-once = { $at_once } at a time
batch-left-out = Not sent for { $count } images: { $list }
batch-no-prompt = { $count ->
    [one] 1 image has no prompt of its own. Write one above.
   *[other] { $count } images have no prompt of their own. Write one above.
}
batch-more-pictures = and { $count } more
batch-requests = { $count ->
    [one] 1 request
   *[other] { $count } requests
}
batch-reading = Reading { $count } images…
batch-variants = × { $count } variants
batch-sheet = From a table…
batch-sheet-tip = Opens a sheet with a row for each picture: paste or write there what each of them is to become
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
export-name-help = {"{"}date{"}"}, {"{"}prompt:24{"}"}, {"{"}model{"}"} and {"{"}n:03{"}"} are filled in for each image
export-files = { $count ->
    [one] 1 file
   *[other] { $count } files
}
export-clashes = { $count ->
    [0] no clashes
    [one] 1 name taken
   *[other] { $count } names taken
}
export-counts = { $files }, { $clashes }
export-format = Format
export-original = Original
export-original-note = The bytes exactly as they were received
export-png-note = Lossless; every program reads it
export-quality = Quality
export-clash = If a file of that name is there
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
    [one] 1 file written
   *[other] { $count } files written
}
export-cancelled = Cancelled before the end.
export-left = { $count ->
    [one] 1 file was already there and was left
   *[other] { $count } files were already there and were left
}
export-failed = { $count ->
    [one] 1 image could not be exported
   *[other] { $count } images could not be exported
}
export-failed-line = { $prompt }: { $why }

tag-add = Tag
tag-new = New tag
tag-hint = Write a tag, press Enter
tag-find = Find pictures tagged { $tag }
tag-remove = Remove the tag { $tag }
note = Note
note-hint = Anything worth remembering

collection-smart = Smart collection: whatever its search finds
collection-name = Name of the collection
collection-name-hint = Name
collection-search = Search of the smart collection
collection-remove = Delete the collection “{ $name }”; its images stay
collection-edit-search = Change the search of “{ $name }”
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
collection-save-search = Save this search as a smart collection
collections-none = A collection gathers images without moving them. Drag images onto it, or press B.
collection-choose = { $count ->
    [one] Add the image to a collection
   *[other] Add { $count } images to a collection
}
collection-choose-hint = Find or name a collection
collection-make = New collection “{ $name }”
collection-leave = Take it out of “{ $name }”
verb-add-to-collection = Add to collection…
verb-remove-from-collection = Remove from this collection
toast-collection-removed = Collection “{ $name }” deleted; its images stay
inspector-all = For all of them
tag-for-all = Add a tag to all
palette = Palette
palette-similar = Similar colours
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
history-find = Show them in the gallery
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
verb-toggle-auto-advance-tip = After each rating, flag or label, go on to the next image. Shift with the key does the opposite once.
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
search-operator-colour = Color
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
