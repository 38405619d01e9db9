"""Words by which people ask, say what they think, or are upset: data, no logic.

Lower case (casefolded), compared as whole words, in English, German, French, Spanish
and Japanese. A short list that a person can read beats a model that nobody can ask.
"""

ASKS = (
    # English
    "please", "could you", "can you", "would you", "will you", "do you know",
    "i need", "we need", "need help", "help me", "help us", "let me know",
    "let us know",
    "how do i", "how can i", "is it possible", "i would like to know", "any news",
    "any update", "still waiting", "when will", "waiting for", "does not work",
    "doesn't work", "do not work", "not working", "no longer works", "stopped working",
    "is broken", "fails", "failed", "keeps failing", "error", "crash", "crashes",
    "cannot", "can't", "unable to", "refund", "cancel my", "missing", "did not receive",
    # German
    "bitte", "können sie", "könnten sie", "kannst du", "könntet ihr", "würden sie",
    "ich brauche", "wir brauchen", "ich benötige", "benötigen", "hilfe", "wann kommt",
    "funktioniert nicht", "geht nicht", "gehen nicht", "klappt nicht", "läuft nicht",
    "kaputt", "defekt", "fehler", "fehlermeldung", "abbruch", "stürzt ab",
    "ich kann nicht", "kann mich nicht", "fehlt", "nicht erhalten", "erstattung",
    "kündigen", "gibt es neuigkeiten", "ich warte", "wie kann ich",
    # French
    "s'il vous plaît", "s'il te plaît", "svp", "merci de", "pouvez-vous",
    "pourriez-vous", "pouvez vous", "pourriez vous", "j'ai besoin", "nous avons besoin",
    "aidez-moi", "besoin d'aide", "ne fonctionne pas", "ne fonctionne plus",
    "ne marche pas", "ne marche plus", "en panne", "erreur", "plante", "impossible de",
    "je n'arrive pas", "je ne peux pas", "remboursement", "résilier", "manque",
    "pas reçu", "j'attends", "comment faire", "veuillez",
    # Spanish
    "por favor", "podría", "podrían", "puede usted", "pueden", "puedes", "necesito",
    "necesitamos", "ayuda", "no funciona", "no funcionan", "ha dejado de funcionar",
    "error", "falla", "no puedo", "no consigo", "me falta", "no he recibido",
    "no recibí", "reembolso", "cancelar", "sigo esperando", "estoy esperando",
    "cómo puedo", "quisiera saber",
    # Japanese
    "お願い", "ください", "下さい", "教えて", "いただけ", "でしょうか", "ますか",
    "できません",
    "動きません", "動かない", "エラー", "困って", "届いて", "届きません", "返金",
    "解約",
    "いつ", "不具合",
)  # fmt: skip

SAYS = (
    # English: praise, opinion, wish
    "great", "excellent", "awesome", "fantastic", "wonderful", "well done", "love it",
    "we love", "i love", "very happy", "very pleased", "thank you so much",
    "many thanks", "i like", "we like", "i think", "in my opinion", "we think",
    "i find", "disappointed", "disappointing", "confusing", "too slow", "too expensive",
    "hard to use", "easy to use", "it would be nice", "would be great", "would be nice",
    "would be helpful", "i wish", "we wish", "feature request", "suggestion",
    "you should", "please consider", "would love to", "i would prefer", "better than",
    "worse than", "feedback",
    # German
    "super", "toll", "großartig", "ausgezeichnet", "hervorragend", "klasse",
    "begeistert", "sehr zufrieden", "vielen dank", "herzlichen dank", "gefällt mir",
    "gefällt uns", "ich finde", "wir finden", "meiner meinung nach", "enttäuscht",
    "enttäuschend", "verwirrend", "zu langsam", "zu teuer", "umständlich",
    "es wäre schön", "wäre schön", "wäre toll", "wäre hilfreich", "ich wünsche",
    "wir wünschen uns", "wünschenswert", "vorschlag", "anregung",
    "verbesserungsvorschlag",
    "rückmeldung",
    # French
    "génial", "excellent", "parfait", "formidable", "bravo", "très content",
    "très satisfait", "merci beaucoup", "j'adore", "j'aime", "je trouve", "à mon avis",
    "je pense que", "déçu", "décevant", "trop lent", "trop cher", "compliqué",
    "ce serait bien", "il serait utile", "j'aimerais que", "suggestion",
    # Spanish
    "genial", "excelente", "estupendo", "fantástico", "muy contento", "muy satisfecho",
    "muchas gracias", "me encanta", "me gusta", "creo que", "en mi opinión",
    "me parece", "decepcionado", "decepcionante", "muy lento", "muy caro", "complicado",
    "sería bueno", "sería útil", "me gustaría que", "ojalá", "sugerencia",
    # Japanese
    "素晴らしい", "すばらしい", "ありがとうございました", "助かりました", "満足",
    "気に入って",
    "と思います", "残念", "がっかり", "使いにくい", "使いやすい", "高すぎ", "遅すぎ",
    "あれば嬉しい", "あると嬉しい", "あると便利", "要望", "提案",
)  # fmt: skip

UPSET = (
    # English
    "unacceptable", "ridiculous", "outrageous", "disgusting", "terrible", "horrible",
    "worst", "furious", "angry", "fed up", "sick of", "scam", "fraud", "lawyer",
    "legal action", "last chance", "never again", "waste of time", "shame on you",
    "incompetent", "i demand", "for the third time", "nobody answers", "no one answers",
    # German
    "unverschämt", "unverschämtheit", "frechheit", "inakzeptabel", "katastrophe",
    "katastrophal", "lächerlich", "wütend", "stinksauer", "sauer", "betrug", "anwalt",
    "rechtliche schritte", "es reicht", "zum dritten mal", "niemand antwortet",
    "zeitverschwendung", "letzte chance", "ich fordere",
    # French
    "inadmissible", "inacceptable", "scandaleux", "honteux", "ridicule", "furieux",
    "en colère", "arnaque", "avocat", "ras le bol", "c'est une honte",
    "perte de temps", "j'exige", "dernière chance", "personne ne répond",
    # Spanish
    "inaceptable", "vergonzoso", "vergüenza", "indignante", "ridículo", "furioso",
    "enfadado", "harto", "estafa", "abogado", "pérdida de tiempo", "exijo",
    "nadie responde", "última oportunidad",
    # Japanese
    "ひどい", "最悪", "許せない", "怒り", "弁護士", "詐欺", "いい加減にして",
    "あり得ない", "ありえない",
)  # fmt: skip

POLITE = frozenset(
    (
        "how are you", "how are you doing", "how is it going", "how's it going",
        "wie geht es ihnen", "wie geht es dir", "wie geht's", "alles gut",
        "comment allez-vous", "comment ça va", "ça va", "cómo está", "cómo estás",
        "¿cómo está", "¿cómo estás", "qué tal", "¿qué tal", "ok", "okay", "right",
        "お元気ですか",
    )
)  # fmt: skip
"""Questions that wait for no answer."""

NOT = (
    " not",
    " no",
    " isn't",
    " nicht",
    " kein",
    " keine",
    " pas",
    " sans",
    " without",
)
"""Right before a phrase they turn it round: "no error", "nicht enttäuscht"."""
