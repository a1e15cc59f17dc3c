package welcome

import "example.org/plio/internal/auth"

// text is what the page says in one language.
type text struct {
	Language, Tagline, Footer string

	FirstTitle, FirstLead, FirstButton string
	EmailLabel, EmailHelp              string
	NameLabel, NameHelp                string
	Fix                                string
	SignInTitle, SignInLead            string // the lead ends with who it is
	SignInHelp, SignInButton           string

	Hello                                 string // %s: a name
	SuperLead, UserLead                   string
	TokenTitle, TokenHelp, TokenAgain     string
	MakeTitle, MakeHelp                   string
	PliosTitle, PliosHelp                 string
	TheirPlios                            string // %s: an organization
	OwnPliosTitle, OwnPliosHelp           string
	OrganizationsTitle, OrganizationsHelp string
	Memberships                           string
	Copy, Copied, CopyFailed              string

	DeadTitle, DeadLead, DeadHow string
	DeadCommand, DeadFirst       string
	DeadAsk                      string

	ForeignTitle, ForeignLead       string
	UnreadableTitle, UnreadableLead string
	TroubleTitle, TroubleLead       string
	Again                           string

	Problems map[string]string // of a field, by "field problem"
}

func (t *text) problem(field string, p auth.Problem) string { return t.Problems[field+" "+string(p)] }

var texts = map[string]*text{"en": &english, "hi": &hindi}

var english = text{
	Language: "English",
	Tagline:  "Videos that ask back.",
	Footer:   "This page is meant for you alone.",

	FirstTitle:   "Welcome to your Plio",
	FirstLead:    "Nobody has been here before you. Say who you are, and you become its super-admin: the one who makes organizations and lets others in.",
	FirstButton:  "Start",
	EmailLabel:   "E-mail",
	EmailHelp:    "This is how Plio knows you. Nothing is sent to it.",
	NameLabel:    "Name",
	NameHelp:     "As others will see it.",
	Fix:          "Please look at the marked fields again.",
	SignInTitle:  "Sign in to Plio",
	SignInLead:   "This link is for",
	SignInHelp:   "It works once. If this is not you, close the page and leave the link to its owner.",
	SignInButton: "Sign in",

	Hello:              "Hello, %s",
	SuperLead:          "You are signed in, as super-admin of this Plio.",
	UserLead:           "You are signed in.",
	TokenTitle:         "Your token",
	TokenHelp:          "Whoever has it can do what you can, so keep it to yourself. It works for 24 hours, and this page will not show it again.",
	TokenAgain:         "For another one, on the machine where Plio runs:",
	MakeTitle:          "Make an organization",
	MakeHelp:           "Its workspace is ready when the answer is there. Choose a name and a shortcode of your own: small letters, digits and hyphens.",
	PliosTitle:         "See its plios",
	PliosHelp:          "The header Organization says which workspace is meant. Without it, it is your personal one.",
	TheirPlios:         "See the plios of %s",
	OwnPliosTitle:      "See your plios",
	OwnPliosHelp:       "Those in your personal workspace.",
	OrganizationsTitle: "See your organizations",
	OrganizationsHelp:  "With the shortcode of each, which names its workspace.",
	Memberships:        "You are in",
	Copy:               "Copy",
	Copied:             "Copied",
	CopyFailed:         "Please copy it by hand",

	DeadTitle:   "This link no longer works",
	DeadLead:    "It was used, or it is older than 24 hours, or a newer one has taken its place, or a part of it is missing. A new one is quickly made.",
	DeadHow:     "If you run this Plio",
	DeadCommand: "On the machine where it runs, with your own address:",
	DeadFirst:   "If nobody has signed in yet, start Plio again: it prints a new link each time.",
	DeadAsk:     "If somebody sent you the link, ask them for a new one.",

	ForeignTitle:    "Please open the link itself",
	ForeignLead:     "This form was sent by another site's page, so nothing was done.",
	UnreadableTitle: "That did not arrive whole",
	UnreadableLead:  "What was sent could not be read, so nothing was done.",
	TroubleTitle:    "Something went wrong here",
	TroubleLead:     "It is not your fault, and it was noted in the log. Please try again in a moment.",
	Again:           "Open the link again",

	Problems: map[string]string{
		"email missing":  "Please give an e-mail address.",
		"email invalid":  "This is no e-mail address. It looks like ada@example.org.",
		"email inactive": "The user with this address is deactivated. Please take another address.",
		"name missing":   "Please give a name.",
		"name invalid":   "There is something in this name that cannot be shown.",
		"name too long":  "A name has 150 characters at most.",
	},
}

var hindi = text{
	Language: "हिन्दी",
	Tagline:  "सवाल पूछने वाले वीडियो।",
	Footer:   "यह पेज सिर्फ़ आपके लिए है।",

	FirstTitle:   "आपके Plio में स्वागत है",
	FirstLead:    "आपसे पहले यहाँ कोई नहीं आया। बताइए कि आप कौन हैं, और आप इसके सुपर-एडमिन बन जाएँगे: वही संगठन बनाते हैं और दूसरों को जोड़ते हैं।",
	FirstButton:  "शुरू करें",
	EmailLabel:   "ई-मेल",
	EmailHelp:    "यहाँ आपकी पहचान इसी से होगी। इस पर कुछ भेजा नहीं जाता।",
	NameLabel:    "नाम",
	NameHelp:     "जैसा दूसरों को दिखेगा।",
	Fix:          "कृपया नीचे बताए गए खानों को फिर से देखें।",
	SignInTitle:  "Plio में साइन इन करें",
	SignInLead:   "यह लिंक इनके लिए है:",
	SignInHelp:   "यह एक ही बार चलता है। अगर यह आप नहीं हैं, तो पेज बंद कर दें और लिंक उसके मालिक के लिए छोड़ दें।",
	SignInButton: "साइन इन करें",

	Hello:              "नमस्ते, %s",
	SuperLead:          "आप इस Plio के सुपर-एडमिन के रूप में साइन इन हैं।",
	UserLead:           "आप साइन इन हैं।",
	TokenTitle:         "आपका टोकन",
	TokenHelp:          "जिसके पास यह हो, वह आपकी तरह सब कुछ कर सकता है, इसलिए इसे किसी को न दें। यह 24 घंटे चलता है, और यह पेज इसे फिर नहीं दिखाएगा।",
	TokenAgain:         "नया टोकन चाहिए तो उस मशीन पर, जहाँ Plio चल रहा है:",
	MakeTitle:          "एक संगठन बनाएँ",
	MakeHelp:           "जवाब आते ही उसका कार्यक्षेत्र तैयार है। नाम और शॉर्टकोड अपना चुनें: अंग्रेज़ी के छोटे अक्षर, अंक और हाइफ़न।",
	PliosTitle:         "उसके प्लियो देखें",
	PliosHelp:          "Organization हेडर बताता है कि कौन-सा कार्यक्षेत्र चाहिए। उसके बिना आपका निजी कार्यक्षेत्र खुलता है।",
	TheirPlios:         "%s के प्लियो देखें",
	OwnPliosTitle:      "अपने प्लियो देखें",
	OwnPliosHelp:       "जो आपके निजी कार्यक्षेत्र में हैं।",
	OrganizationsTitle: "अपने संगठन देखें",
	OrganizationsHelp:  "हर एक के शॉर्टकोड के साथ, जो उसके कार्यक्षेत्र का नाम है।",
	Memberships:        "आप इनमें हैं",
	Copy:               "कॉपी करें",
	Copied:             "कॉपी हो गया",
	CopyFailed:         "कृपया हाथ से कॉपी करें",

	DeadTitle:   "यह लिंक अब काम नहीं करता",
	DeadLead:    "इसे इस्तेमाल किया जा चुका है, या यह 24 घंटे से पुराना है, या इसकी जगह नया लिंक बन चुका है, या इसका कोई हिस्सा छूट गया है। नया लिंक जल्दी बन जाता है।",
	DeadHow:     "अगर यह Plio आप चलाते हैं",
	DeadCommand: "उस मशीन पर, जहाँ यह चल रहा है, अपने ई-मेल के साथ:",
	DeadFirst:   "अगर अब तक किसी ने साइन इन नहीं किया है, तो Plio को फिर से शुरू करें: वह हर बार नया लिंक दिखाता है।",
	DeadAsk:     "अगर लिंक आपको किसी ने भेजा था, तो उनसे नया लिंक माँगें।",

	ForeignTitle:    "कृपया लिंक को सीधे खोलें",
	ForeignLead:     "यह फ़ॉर्म किसी दूसरी साइट के पेज से भेजा गया था, इसलिए कुछ नहीं किया गया।",
	UnreadableTitle: "जानकारी पूरी नहीं पहुँची",
	UnreadableLead:  "जो भेजा गया वह पढ़ा नहीं जा सका, इसलिए कुछ नहीं किया गया।",
	TroubleTitle:    "यहाँ कुछ गड़बड़ हो गई",
	TroubleLead:     "इसमें आपकी गलती नहीं है, और यह लॉग में दर्ज है। कृपया थोड़ी देर में फिर कोशिश करें।",
	Again:           "लिंक फिर से खोलें",

	Problems: map[string]string{
		"email missing":  "कृपया ई-मेल पता लिखें।",
		"email invalid":  "यह ई-मेल पता नहीं है। वह ada@example.org जैसा होता है।",
		"email inactive": "इस पते वाला उपयोगकर्ता बंद किया जा चुका है। कृपया कोई दूसरा पता लिखें।",
		"name missing":   "कृपया नाम लिखें।",
		"name invalid":   "इस नाम में कुछ ऐसा है जो दिखाया नहीं जा सकता।",
		"name too long":  "नाम में ज़्यादा से ज़्यादा 150 अक्षर हो सकते हैं।",
	},
}
