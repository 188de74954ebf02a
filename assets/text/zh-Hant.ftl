### Atelier 的繁體中文用語。每一則都有人使用，並與 en.ftl 一一對應。

app-name = Atelier

## 動作：名稱，以及名稱說不清楚時的一句說明

verb-generate = 生成
verb-focus-prompt = 前往提示詞
verb-focus-search = 搜尋
verb-open-settings = 設定
verb-open-shortcuts = 鍵盤快速鍵
verb-next-theme = 深色或淺色
verb-go-to-date = 前往日期
verb-select-all = 全選
verb-select-none = 取消選取
verb-open = 放大檢視
verb-back = 返回
verb-toggle-inspector = 顯示或隱藏詳細資料
verb-reuse = 重新使用
verb-reuse-tip = 將這張圖的提示詞、模型和參數放入編輯區
verb-use-as-reference = 設為參考
verb-use-as-reference-tip = 將這張圖隨下一個提示詞一併送出
verb-copy-prompt = 複製提示詞
verb-copy-image = 複製圖片
verb-show-exchange = 請求與回應
verb-show-exchange-tip = 這張圖片傳送與接收的內容
verb-reveal = 在資料夾中顯示
verb-batch = 批次
verb-batch-tip = 為每張選取的圖片再次發出請求
verb-export = 匯出
verb-delete = 刪除
verb-delete-tip = 移到垃圾桶
verb-undo = 復原
verb-rate = { $stars ->
    [0] 清除星等
   *[other] { $stars } 顆星
}
verb-pick = 留用
verb-reject = 淘汰
verb-move-left = 上一張圖片
verb-move-right = 下一張圖片
verb-move-up = 上方的圖片
verb-move-down = 下方的圖片
verb-add-reference = 加入參考圖片
verb-reset = 重設
verb-reset-tip = 恢復閘道本身的預設值

## 頂端列

tab-create = 創作
search-hint = 搜尋提示詞和模型…
search-clear = 清除搜尋

## 狀態列

status-connected = { $provider } 已就緒
status-no-key = { $provider } 沒有金鑰
status-asking-key = 正在等待鑰匙圈
status-jobs = { $running } 個進行中 · { $waiting } 個排隊中
status-trouble = { $provider }：{ $trouble }
status-idle = 沒有進行中的工作
status-images = { $count } 張圖片 · { $bytes }

## 數字和時間

bytes-b = { $n } B
bytes-kb = { $n } kB
bytes-mb = { $n } MB
bytes-gb = { $n } GB
bytes-tb = { $n } TB
duration-ms = { $n } 毫秒
duration-s = { $n } 秒
duration-min = { $minutes } 分 { $seconds } 秒
today = 今天
yesterday = 昨天

## 失敗：標題、發生了什麼、接下來怎麼做

failure-no-connection = 無法連線
    .what = 連不上閘道。
    .next = 請檢查網路，以及設定中的 Base URL。
failure-insecure-connection = 連線不安全
    .what = 閘道的憑證或加密方式無法接受。
    .next = 請檢查 Base URL，並確認這部電腦的時間正確。
failure-wrong-url = Base URL 無法使用
    .what = Base URL 不是可以連線的位址，或導向了其他主機。
    .next = 請在設定中更正 Base URL。
failure-no-key = 沒有金鑰
    .what = 這個供應商需要 API 金鑰，但目前沒有。
    .next = 請在設定中加入金鑰。
failure-wrong-key = 金鑰不被接受
    .what = 閘道不接受這個 API 金鑰。
    .next = 請在設定中更換金鑰。
failure-key-expired = 金鑰已過期
    .what = 閘道表示這個 API 金鑰已經過期。
    .next = 請在設定中更換金鑰。
failure-key-limit = 金鑰已達上限
    .what = 這個 API 金鑰已用完可使用的額度。
    .next = 請到供應商處提高上限、等待額度重新計算，或改用其他金鑰。
failure-no-money = 額度已用完
    .what = 帳戶已沒有餘額或配額。
    .next = 請到供應商處儲值，或選擇其他供應商。
failure-not-allowed = 沒有權限
    .what = 這個金鑰不能使用這個模型。
    .next = 請選擇其他模型，或使用其他金鑰。
failure-unknown-model = 未知的模型
    .what = 閘道不認得這個模型。
    .next = 請從清單中選擇模型。
failure-not-found = 這個位址沒有內容
    .what = 閘道在這個位址沒有提供任何服務。
    .next = 請檢查設定中的 Base URL；多數以 /v1 結尾。
failure-rate-limited = 請求過於頻繁
    .what = 閘道要求暫停一下。
    .next = 請稍候再重試，或在設定中降低同時請求的數量。
failure-too-large = 請求過大
    .what = 請求超過閘道能接受的大小。
    .next = 請減少參考圖片，或使用較小的圖片。
failure-bad-request = 請求不被接受
    .what = 閘道沒有接受這個請求。
    .next = 請變更參數或模型後再試。
failure-prompt-blocked = 提示詞遭安全過濾器拒絕
    .what = 提示詞在繪製之前就被拒絕了。
    .next = 請修改提示詞。
failure-image-blocked = 遭模型的安全過濾器攔下
    .what = 模型沒有交出圖片。
    .next = 請修改提示詞，或再試一次。
failure-no-image = 回應中沒有圖片
    .what = 模型只以文字回答。
    .next = 請在提示詞中要求圖片，或選擇圖像模型。
failure-empty-answer = 空白的回應
    .what = 閘道回傳了空白內容；有些閘道在過濾器拒絕提示詞時會這樣。
    .next = 請修改提示詞、再試一次，或選擇其他模型。
failure-not-understood = 看不懂回應
    .what = 回應不是 Atelier 認得的格式；也許是一個網頁。
    .next = 請檢查設定中的 Base URL。
failure-gateway-failed = 閘道故障
    .what = 閘道那一端出了問題。
    .next = 請稍後再試。
failure-timed-out = 逾時沒有回應
    .what = 太久沒有收到閘道的任何內容。
    .next = 請再試一次，或選擇較快的模型。
failure-cut-off = 連線中斷
    .what = 回應傳到一半時連線中斷。
    .next = 請檢查網路後重試。
failure-answer-too-large = 回應過大
    .what = 回應超過 Atelier 能接受的大小。
    .next = 請一次要求較少的圖片，或選擇較小的尺寸。
failure-broken-image = 圖片損毀
    .what = 收到的圖片不完整。
    .next = 請再試一次。
failure-absurd-dimensions = 圖片尺寸過大
    .what = 圖片的長寬超過 Atelier 能接受的範圍。
    .next = 請選擇較小的尺寸。
failure-link-failed = 圖片連結失效
    .what = 回應給了圖片連結，但無法開啟。
    .next = 請盡快重新下載，不會再收費；這類連結會過期。
failure-reference-unreadable = 無法讀取參考圖片
    .what = 有一張參考圖片無法讀取。
    .next = 請將它移除後重新加入。
failure-disk-full = 磁碟已滿
    .what = 沒有空間存放圖片。
    .next = 請釋出空間後重試。
failure-cannot-write = 圖庫無法寫入
    .what = 圖庫的資料夾無法寫入。
    .next = 請檢查資料夾的權限後重試。
failure-keychain-silent = 鑰匙圈沒有回應
    .what = 系統的鑰匙圈已鎖定或沒有回應。
    .next = 請先解鎖，再重試。
failure-interrupted = 已中斷
    .what = 請求進行中時 Atelier 被關閉了。
    .next = 如果仍需要這張圖，請重試。
failure-cancelled = 已取消
    .what = 這個請求已取消。
    .next = 如果還是需要，請重試。

charge-no = 沒有扣款。
charge-maybe = 可能已經扣款。
charge-yes = 這次回應已扣款。
failure-words = 對方回覆：「{ $words }」
failure-wait = 閘道要求等候 { $duration }。

## 訊息

undo = 復原
close-message = 關閉這則訊息
toast-deleted = 已將 { $count } 張圖片移到垃圾桶
toast-organised = 已變更 { $count } 張圖片
toast-changing = 正在變更 { $count } 張圖片…
toast-copied = 已複製
notice-reference-refused = { $name } 不是可以作為參考的圖片
notice-cannot-reveal = 無法開啟檔案管理員
notice-no-dialog = 無法開啟檔案對話框
notice-cannot-save = 無法寫入 { $path }：{ $reason }
notice-cannot-organise = 無法寫入，內容維持不變：{ $reason }
notice-cannot-delete = 無法使用垃圾桶：{ $reason }
notice-library-trouble = 無法讀取圖庫：{ $reason }
notice-interrupted = 上次關閉 Atelier 時，有 { $count } 個請求被中斷
notice-profiles-imported = { $count ->
    [0] 檔案裡的服務商都已經有了
   *[other] 已加入 { $count } 個服務商
}
notice-profiles-refused = 無法從「{ $name }」讀入服務商。
notice-profiles-not = 這不是服務商的設定檔。
notice-profiles-later = 這個檔案由較新版本的 Atelier 寫成。
notice-profiles-wrong-url = 「{ $profile }」的位址不是網址。
notice-profiles-exported = 服務商已寫入 { $path }
notice-profiles-left-out = 可能含有機密，所以沒有寫入：{ $names }。
notice-recovered = 已儲存先前收到的 { $count } 張圖片

## 歡迎

welcome-title = 描述一張圖片，然後按 { $keys }
welcome-demo = 目前使用內建的示範供應商：在本機繪製，不需要金鑰，也不收費。加入 DGrid 金鑰即可使用真正的模型生成圖片。
welcome-ready = 圖片收到後會顯示在這裡，並保存在這部電腦上。
welcome-add-key = 加入 API 金鑰
welcome-example = 試試範例提示詞
example-lighthouse = 黎明時分懸崖上的燈塔，海面薄霧，柔和的暖光，廣角
example-tea = 雨天窗邊木桌上的一杯烏龍茶，淺景深
example-city = 藍調時刻的城市天際線，濕潤街道的倒影，霓虹招牌，電影感
example-forest = 竹林間的寧靜小徑，薄霧中的陽光，水彩風格

## 編輯區

prompt-hint = 描述一張圖片…
composer-prompt = 提示詞
composer-letters = { $count } 字
composer-references = 參考圖片
composer-references-none = 拖放、貼上或加入
composer-drop = 放開即可作為參考
composer-add-tip = 加入圖片供模型參考
composer-remove-reference = 移除 { $name }
composer-model = 模型
composer-model-hint = 輸入或選擇模型
composer-models = 模型清單
composer-show-models = 顯示模型清單
composer-refresh-models = 重新向供應商取得模型清單
composer-no-models = 供應商尚未提供模型清單，可直接輸入任何模型名稱。
composer-no-such-model = 清單中沒有這個模型，將依輸入的名稱送出。
composer-provider = 供應商：{ $provider }
composer-providers = 供應商與金鑰…
composer-no-provider = 選擇供應商
composer-no-key = 沒有金鑰
composer-aspect = 長寬比
composer-more-ratios = 更多長寬比
composer-size = 尺寸
composer-parameters = 參數
composer-advanced = 進階
composer-advanced-note = 懲罰、權杖、停止序列…
composer-advanced-set = 已設定 { $count } 項
composer-generate-many = 生成 { $count } 張圖片
composer-price = 約 { $price }
composer-left-out = 不會送給此模型：{ $list }
list-separator = 、
fact-separator = {" "}·{" "}
left-out-references = { $count } 張參考圖
abilities-unknown = 此模型的能力未知
abilities-no-choice = 由模型決定
abilities-fixed-size = 固定約 { $size }
abilities-not-taken = 此模型不接受這項設定
learned-never = 之前要求過，得到的卻不同
learned-never-came = 至今未得到過 { $what }
learned-references-ignored = 此模型至今未採用
references-of = { $count }／{ $limit }
references-too-many = { $count } 張，只送出 { $limit } 張
references-best = { $count } 張，建議不超過 { $limit } 張
references-not-taken = 此模型不接受
model-price = 約 { $price }／張
model-prices = 約 { $least }–{ $most }／張
model-price-unknown = 價格未知
model-free = 免費
model-unknown = 尚無資料
model-no-images = 就所知不產生圖片
model-no-references = 不接受參考圖
model-references = { $count } 張參考圖
model-reference-bytes = 每張至多 { $bytes }
model-deprecated = 已棄用
model-ends = { $date }停用
model-ended = 已於{ $date }停用
model-instead = 請改用 { $model }
model-other-endpoint = 此模型通常由 { $endpoint } 回應，而此供應商並未設定如此詢問。
composer-add-key = 開啟設定
provider-demo = 示範（離線）
default = 預設
default-not-sent = 預設（不送出）
more = 更多
on = 開
off = 關
parameter-images = 張數
parameter-temperature = 溫度
parameter-top-p = Top-p
parameter-tip = 使用預設時不會送出這一項，由供應商採用自己的值，通常是 { $value }。在滑桿上按兩下即可還原。
parameter-seed = 種子
parameter-seed-tip = 模型支援時，相同的種子會得到相同的圖片
seed-random = 隨機
seed-fixed = 固定
parameter-stream = 串流
parameter-stream-tip = 回應產生多少就先接收多少
parameter-presence-penalty = 出現懲罰
parameter-frequency-penalty = 頻率懲罰
parameter-max-tokens = 權杖上限
parameter-max-completion-tokens = 完成權杖上限
parameter-user = 使用者
parameter-contents = Gemini 格式
parameter-contents-tip = 另以 Gemini 原生的「contents」與 inlineData 格式送出提示詞和參考圖片
parameter-stop = 停止序列
parameter-stop-note = 每行一個，最多 4 個
parameter-logit-bias = Logit 偏差
parameter-tools = 工具
parameter-tool-choice = 工具選擇
parameter-response-format = 回應格式
fault-not-whole = 不是整數
fault-not-above-zero = 不是大於零的整數
fault-too-many = 最多四個
fault-not-json = 不是 JSON：請看第 { $line } 行第 { $column } 欄
fault-unfinished = JSON 尚未完整：缺少結尾
fault-not-biases = 必須是權杖編號對應 −100 到 100 的數字，例如 {"{"}"50256": -100{"}"}
fault-not-list = 必須是以方括號包住的物件清單
fault-not-choice = 必須是 auto、none、required 或一個物件
fault-not-typed = 必須是含有 type 的物件，例如 {"{"}"type": "text"{"}"}
obstacle-prompt = 請先輸入提示詞
obstacle-model = 請先選擇模型
obstacle-provider = 這個供應商已不在設定中。
obstacle-key = { $provider } 需要 API 金鑰。
obstacle-entry = 「{ $field }」目前的內容無法送出。

## 設定

done = 完成
settings-title = 設定
settings-providers = 供應商
settings-general = 一般
settings-shortcuts = 快速鍵
settings-add = 新增
settings-add-provider = 新增供應商
settings-add-note = 任何支援 OpenAI chat completions 格式的閘道都可以加入。
settings-add-this = 新增供應商
settings-demo = 依提示詞在這部電腦上繪製圖片。不需要金鑰、不收費，離線也能使用。
settings-name = 名稱
settings-base-url = Base URL
settings-usual-url = 恢復為預設網址
settings-wrong-url = 這還不是網址；請以 https:// 或 http:// 開頭，多數以 /v1 結尾。
settings-options = 長寬比與尺寸的送出方式
settings-options-message = 系統訊息
settings-options-pixels = 像素
settings-options-ratio = 比例
settings-options-words = 提示詞裡的文字
settings-options-not = 不傳送
settings-dialect = 向這個端點要圖片
settings-references = 參考圖片的傳送方式
settings-references-form = 表單檔案
settings-references-json = JSON 裡的 data URL
settings-modalities = 要求的回覆
settings-modalities-usual = 照慣例
settings-modalities-both = 圖片與文字
settings-modalities-image = 只要圖片
settings-key-header = 金鑰的傳送方式
settings-begin-as = 以此開始
settings-sharing = 所有服務商
settings-import = 匯入…
settings-export-all = 匯出…
settings-sharing-note = 金鑰與其他機密都會留在這裡；匯入不會更動已有的服務商。
settings-key = API 金鑰
settings-connection = 連線
settings-test = 測試連線
settings-testing = 正在詢問…
settings-connected = 成功 · { $took } · { $models } 個圖像模型
settings-remove = 移除這個供應商
settings-remove-now = 移除 { $name } 並刪除其金鑰
settings-language = 語言
settings-system = 跟隨系統
settings-theme = 外觀
settings-dark = 深色
settings-light = 淺色
settings-motion = 動態效果
settings-motion-usual = 一般
settings-motion-reduced = 減少
settings-requests = 請求
settings-at-once = 同時進行
settings-library = 圖庫資料夾
settings-copy-path = 複製路徑
cancel = 取消
key-asking = 正在等待鑰匙圈…
key-not-needed = 本機伺服器不需要金鑰
key-missing = 尚無金鑰
key-stored = 已存放在系統鑰匙圈
key-session = 僅保留到 Atelier 關閉為止
key-environment = 來自 { $variable }
key-unreachable = 無法使用鑰匙圈
key-replace = 更換
key-forget = 刪除
key-save = 儲存
key-paste = 貼上
key-hint = 在此貼上金鑰
key-note = 金鑰存放在系統的鑰匙圈，絕不寫入檔案或記錄。
key-note-environment = Atelier 啟動時從環境變數讀取，不會存放在其他地方。
key-note-session = 金鑰只保留在記憶體中。若沒有鑰匙圈又想長期使用，請設定 { $variable }。
key-note-unreachable = 現在儲存的金鑰只保留到 Atelier 關閉為止；也可以設定 { $variable }。
keychain-none = 這個系統沒有鑰匙圈。
keychain-silent = 鑰匙圈已鎖定或沒有回應。
keychain-refused = 鑰匙圈拒絕了要求。

## 圖庫

gallery-all = 所有圖片
gallery-found = 「{ $search }」的搜尋結果
gallery-selected = 已選取 { $count } 張
gallery-size = 縮圖大小
gallery-mismatched = 與要求不符
gallery-mismatched-tip = 只顯示形狀或尺寸與要求不符的圖片。搜尋 is:mismatched 也有同樣效果。
mismatch = 要求 { $asked }，得到 { $got }
gallery-date = 前往日期
gallery-day-start = 回到這一天的開頭
gallery-scroll-bar = 捲軸
marks = 星等、旗標與標籤
marks-stars = { $stars } 顆星
marks-picked = 已留用
marks-rejected = 已淘汰
label-red = 紅色標籤
label-yellow = 黃色標籤
label-green = 綠色標籤
label-blue = 藍色標籤
label-purple = 紫色標籤
gallery-pictures = 圖片
gallery-nothing-found = 找不到符合「{ $search }」的圖片
gallery-show-all = 顯示所有圖片
picture = 圖片
more-actions = 更多動作
card-waiting = 排隊中
card-generating = 生成中…
card-receiving = 接收中
card-receiving-percent = 接收中 · { $percent }%
card-done = 完成
card-cancelled = 已取消
card-bytes-of = { $done } / { $total }
card-bytes-time = { $bytes } · { $time }
card-time-prompt = { $time } · { $prompt }
card-cancel = 取消「{ $prompt }」
card-dismiss = 移除這張卡片：{ $prompt }
card-edit-prompt = 編輯提示詞
card-retry = 重試
card-again = { $title } · { $time }後再試
card-again-try = 已送出 { $tries } 次，最多 { $most } 次 · { $prompt }
card-send-now = 立即送出
card-billing = 帳務頁面
card-choose-model = 選擇模型
card-check-key = 檢查金鑰
card-check-address = 檢查位址
card-fetch-again = 重新下載
card-fetch-free = 重新下載不收費。
unreadable-missing = 檔案已不存在
unreadable-broken = 檔案已損毀
unreadable-too-large = 太大，無法顯示

## 詳細資料

inspector-nothing = 選取一張圖片，看看它是怎麼做出來的
inspector-answer = 隨圖附上的文字
inspector-selected = 已選取 { $count } 張圖片
inspector-selected-hint = 可以為每一張再次發出請求、一起設為參考，或一併匯出。
copy = 複製
export-more = 匯出…
batch-more = 批次…
fact-provider = 供應商
fact-model = 模型
fact-answered-by = 實際回應
fact-size = 大小
fact-asked = 要求
fact-mismatch = 與要求不符
fact-not-sent = 未送出
references-ignored = 服務商沒有計算參考圖片的權杖：模型似乎沒有看到它們。
references-contents = 改用 contents 再試
references-plain = 不用 contents 再試
references-settings = 更改傳送方式…
fact-references = 參考圖片
fact-tokens = 權杖數
fact-tokens-parts = { $total }（輸入 { $in }，輸出 { $out }）
fact-cost = 費用
fact-took = 耗時
fact-created = 建立時間
date-and-time = { $date } { $time }

## 檢視器

viewer-position = { $place } / { $total }
viewer-fit = 符合視窗
viewer-zoom = { $percent }%
viewer-zoom-in = 放大
viewer-zoom-out = 縮小
viewer-neighbour = 第 { $place } 張圖片

## 檢查供應商

doctor-check = 檢查這個供應商
doctor-checking = 檢查中…
doctor-try = 產生一張圖片
doctor-trying = 正在產生一張圖片…
doctor-costs = 圖片會保留在圖庫中。{ $price }
doctor-price = 費用約 { $price }。
doctor-price-unknown = 費用不明。
doctor-cost-unknown = 費用不明
doctor-address = 位址
doctor-network = 網路
doctor-encryption = 加密
doctor-models = 模型清單
doctor-key = 金鑰
doctor-clock = 時鐘
doctor-model = 模型
doctor-picture = 圖片
doctor-goes-to = 請求會送往 { $origin }。
doctor-wrong-address = 基底網址不是網址。
    .next = 請輸入像 https://api.example.com/v1 這樣的網址。
doctor-reached = 已連線，花了 { $took }。
doctor-no-such-host = 找不到主機：{ $reason }。
    .next = 請檢查網址的拼寫，以及這台電腦是否已連上網路。
doctor-not-reached = 無法連線：{ $reason }。
    .next = 請檢查連接埠、防火牆或代理伺服器，以及伺服器是否正在執行。
doctor-through-proxy = 使用設定中的代理伺服器。
doctor-encrypted = 連線已加密，憑證有效。
doctor-plain-here = 未加密；在這台電腦上沒有問題。
doctor-plain-elsewhere = 連線未加密：途中的人可以讀到金鑰。
    .next = 若有以 https:// 開頭的網址，請改用它。
doctor-listed-models = 共 { $all } 個模型，其中 { $image } 個可產生圖片，花了 { $took }。
    .next = 若知道圖片模型的代號，可以自行輸入。
doctor-key-taken = 金鑰有效。
doctor-key-not-needed = 不需要金鑰。
doctor-key-unproven = 無法得知金鑰是否有效：沒有金鑰也能取得模型清單。
    .next = 產生一張圖片就能知道。
doctor-clock-right = 時鐘一致。
doctor-clock-ahead = 這台電腦的時鐘比閘道快 { $off }。
doctor-clock-behind = 這台電腦的時鐘比閘道慢 { $off }。
doctor-clock-next = 請校正時鐘：金鑰、連結與憑證都有期限。
doctor-clock-unknown = 閘道沒有告知時間。
doctor-listed = { $model } 在清單上。
doctor-not-listed = { $model } 不在清單上。
    .next = 也許仍可使用；否則請從清單中選一個。
doctor-no-image-model = 清單上沒有圖片模型。
    .next = 若知道圖片模型的代號，可以自行輸入。
doctor-list-unknown = 沒有清單可查。
doctor-came = 收到 { $count } 張圖片：{ $facts }
doctor-streamed = 以事件串流
doctor-at-once = 一次收到
doctor-tokens = { $tokens } 個 token
doctor-not-asked = 尚未向 { $model } 要求圖片。{ $price }
doctor-no-model-to-ask = 尚未要求圖片，因為沒有已知的模型。

## 請求與回應

exchange-title = 請求與回應
exchange-request = 請求
exchange-answer = 回應
exchange-find = 尋找；按 Enter 前往下一處
exchange-copy-curl = 複製為 curl
exchange-copy-request = 複製請求
exchange-copy-answer = 複製回應
exchange-show = 「{ $prompt }」的請求與回應
exchange-reading = 讀取中…
exchange-none = 沒有保留傳送與接收的內容：這張圖片是在 Atelier 開始保留之前產生的，或請求從未送出。
exchange-no-answer = 沒有收到回應。
exchange-no-body = 回應的內容沒有保留，因為接收時 Atelier 中途停止了。
exchange-note = 金鑰與圖片資料已略去。

## 啟動、匯出與命令列

start-busy = 另一個 Atelier 正在使用這個圖庫：{ $folder }。請先關閉它，或指定其他圖庫。
start-unwritable = 無法寫入圖庫資料夾：{ $folder }（{ $reason }）。請檢查權限，或選擇其他資料夾。
start-disk-full = 圖庫所在的磁碟已滿：{ $folder }。請騰出空間後重新啟動。
start-newer = 這個圖庫由較新版本的 Atelier 建立：{ $folder }。請更新 Atelier 後再開啟。
start-broken = 無法讀取圖庫：{ $folder }（{ $reason }）。
start-system = 系統無法提供 Atelier 執行所需的資源（{ $reason }）。
start-title = Atelier 無法開啟這個圖庫
start-close = 關閉
export-unreadable = 原始檔案遺失或損毀。
export-skipped = 已有同名檔案。
export-disk-full = 磁碟已滿。
export-cannot-write = 無法寫入檔案：{ $reason }
template-unknown-field = 沒有「{ $field }」這個欄位；可用的有 date、time、prompt、model、provider、seed、id、n、width、height。
template-unclosed = 有大括號沒有關閉。
template-empty = 檔名是空的。
cli-no-display = 沒有可以開啟視窗的顯示器。請改用「atelier generate --prompt …」在沒有視窗的情況下工作。
cli-no-window = 無法開啟視窗（{ $reason }）。請改用「atelier generate --prompt …」在沒有視窗的情況下工作。
cli-no-prompt = 提示詞是空的。
cli-no-input = 無法讀取標準輸入：{ $reason }
cli-unknown-provider = 沒有名為「{ $name }」的供應商；現有 { $known }。
cli-demo-has-no-url = 示範閘道沒有網址；請用 --provider 指定其他供應商。
cli-nothing-to-export = 沒有這些圖片。
cli-generating = 生成中…
cli-receiving = 接收中 · { $bytes }

## 批次

batch-title = 批次：已選取 { $count } 張圖片
batch-prompt = 每張圖片的提示詞
batch-prompt-note = { $field } 會代入圖片本身的提示詞
batch-prompt-hint = 每張圖片要有什麼改變？
batch-as-reference = 以每張圖片為參考
batch-as-reference-tip = 為每張圖片送出一次這個提示詞，並附上該圖片
batch-own-prompts = 重跑各自的提示詞
batch-own-prompts-tip = 以下方的模型和參數，再次送出每張圖片原本的提示詞
batch-more-pictures = 還有 { $count } 張
batch-requests = { $count } 個請求
batch-note = { $requests } · 同時 { $at_once } 個
batch-reading = 正在讀取 { $count } 張圖片…
batch-variants = × { $count } 種變化
batch-too-many = 一次最多 { $most } 個
batch-start = 加入佇列（{ $count }）
batch-no-key = 這個供應商需要 API 金鑰。

## 匯出

export-title = 匯出 { $count } 張圖片
export-folder = 資料夾
export-no-folder = 請先選擇資料夾
export-choose = 選擇…
export-name = 檔名
export-name-help = {"{"}date{"}"}、{"{"}prompt:24{"}"}、{"{"}model{"}"} 和 {"{"}n:03{"}"} 會依每張圖片填入
export-files = { $count } 個檔案
export-clashes = { $count ->
    [0] 沒有重複
   *[other] { $count } 個檔名重複
}
export-counts = { $files }，{ $clashes }
export-format = 格式
export-original = 原始檔
export-original-note = 與收到的位元組完全相同
export-png-note = 無損；任何程式都能讀取
export-quality = 品質
export-clash = 如果已有同名檔案
export-clash-number = 加上編號
export-clash-skip = 略過
export-clash-replace = 取代
export-replaces = 會取代 { $count } 個檔案
export-bytes = 約 { $bytes }
export-save-as = 另存新檔…
export-do = { $count ->
    [one] 匯出
   *[other] 匯出 { $count } 張
}
export-progress = 第 { $done } / { $total } 個檔案
export-written = 已寫入 { $count } 個檔案
export-cancelled = 在完成前取消了。
export-left = { $count } 個檔案已存在，保留原檔
export-failed = { $count } 張圖片無法匯出
export-failed-line = { $prompt }：{ $why }

bench-making = 正在建立合成圖庫，或沿用既有的圖庫…
bench-searching = 正在開啟並搜尋…
bench-scrolling = 正在捲動圖庫…
bench-opening = 正在開啟視窗…
bench-no-window = 這裡無法開啟視窗，未測量第一個畫面。
bench-storing = 正在儲存圖片並製作縮圖…
bench-no-library = 沒有可放置合成圖庫的資料夾；請以 --library 指定。
bench-not-synthetic = { $path } 不是空的，也不是合成圖庫；維持原狀。
bench-first-frame = 第一個畫面
bench-first-frame-empty = 空圖庫的第一個畫面
bench-scroll-p99 = 捲動時每次繪製，百分之九十九在此時間內
bench-scroll-max = 捲動時最久的一次繪製
bench-rss = 記憶體用量上限（含材質）
bench-open = 開啟圖庫並讀取第一頁
bench-page = 讀取一個畫面的圖片資料
bench-search = 從按鍵到找到結果，百分之九十五在此時間內
bench-oracle = 搜尋結果與逐一檢視每則提示相同
bench-yes = 是
bench-no = 否
bench-ingest = 從記憶體中的回應到寫入完成，與單獨解碼相比
bench-thumbnails = 每秒縮圖張數
