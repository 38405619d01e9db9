"""What is new in a reply: by language, by mail program, by way of answering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.markup import Line
from parsers.quoting import MARKER, split


def parted(text, **said):
    return split([Line(line) for line in text.split("\n")], **said)


def kinds(text, **said):
    return [one.kind for one in parted(text, **said).folded]


ATTRIBUTIONS = [
    "On Mon, 1 May 2023 at 10:00, Ana Ruiz <ana@acme.example> wrote:",
    "On 1 May 2023, at 10:00, Ana Ruiz wrote:",
    "Am 01.05.2023 um 10:00 schrieb Ana Ruiz:",
    "Am Mo., 1. Mai 2023 um 10:00 Uhr schrieb Ana Ruiz <ana@acme.example>:",
    "Le lun. 1 mai 2023 à 10:00, Ana Ruiz <ana@acme.example> a écrit :",
    "El lun, 1 may 2023 a las 10:00, Ana Ruiz (<ana@acme.example>) escribió:",
    "Il giorno lun 1 mag 2023 alle ore 10:00 Ana Ruiz <ana@acme.example> ha scritto:",
    "Op ma 1 mei 2023 om 10:00 schreef Ana Ruiz <ana@acme.example>:",
    "Em seg., 1 de mai. de 2023 às 10:00, Ana Ruiz <ana@acme.example> escreveu:",
    "Den mån 1 maj 2023 kl 10:00 skrev Ana Ruiz <ana@acme.example>:",
    "Den man. 1. maj 2023 kl. 10.00 skrev Ana Ruiz <ana@acme.example>:",
    "pon., 1 maj 2023 o 10:00 Ana Ruiz <ana@acme.example> napisał(a):",
    "W dniu 1.05.2023 o 10:00, Ana Ruiz pisze:",
    "2023年5月1日(月) 10:00 Ana Ruiz <ana@acme.example>:",
    "2023/05/01 10:00、Ana Ruiz <ana@acme.example>のメール:",
    "2023/5/1 Ana Ruiz <ana@acme.example>",
    "2023-05-01 10:00 GMT+02:00 Ana Ruiz",
    "Dne po 1. 5. 2023 v 10:00 Ana Ruiz <ana@acme.example> napsal(a):",
    "po 1. 5. 2023 o 10:00 Ana Ruiz <ana@acme.example> napísal(a):",
    "Ana Ruiz <ana@acme.example> ezt írta (időpont: 2023. máj. 1., H, 10:00):",
    "1 Mayıs 2023 Pzt, 10:00 tarihinde Ana Ruiz <ana@acme.example> şunu yazdı:",
    "пн, 1 мая 2023 г. в 10:00, Ana Ruiz <ana@acme.example>:",
    "01.05.2023 10:00, Ana Ruiz пишет:",
    "пн, 1 трав. 2023 р. о 10:00 Ana Ruiz <ana@acme.example> пише:",
    "На пн, 1.05.2023 г. в 10:00 Ana Ruiz <ana@acme.example> написа:",
    "Στις Δευ 1 Μαΐ 2023 στις 10:00 ο χρήστης Ana Ruiz <ana@acme.example> έγραψε:",
    "În lun., 1 mai 2023 la 10:00, Ana Ruiz <ana@acme.example> a scris:",
    "ma 1. toukok. 2023 klo 10.00 Ana Ruiz (ana@acme.example) kirjoitti:",
    "man. 1. mai 2023 kl. 10:00 skrev Ana Ruiz <ana@acme.example>:",
    "V V pon., 1. maj 2023 ob 10:00 je oseba Ana Ruiz <ana@acme.example> napisala:",
    "pon, 1. svi 2023. u 10:00 Ana Ruiz <ana@acme.example> napisao je:",
    "Kuupäev E, 1. mai 2023 kell 10:00 kirjutas Ana Ruiz <ana@acme.example>:",
    "Vào Th 2, 1 thg 5, 2023 lúc 10:00 Ana Ruiz <ana@acme.example> đã viết:",
    "Pada Sen, 1 Mei 2023 10.00, Ana Ruiz <ana@acme.example> menulis:",
    "El dl., 1 de maig 2023 a les 10:00, Ana Ruiz <ana@acme.example> va escriure:",
    "Ana Ruiz <ana@acme.example> 于2023年5月1日周一 10:00写道:",
    "Ana Ruiz <ana@acme.example> 於 2023年5月1日 週一 上午10:00寫道:",
    "2023년 5월 1일 (월) 오전 10:00, Ana Ruiz <ana@acme.example>님이 작성:",
    "ב-יום ב׳, 1 במאי 2023 ב-10:00 מאת Ana Ruiz <ana@acme.example> כתב:",
    "في الاثنين، 1 مايو 2023 10:00، كتب Ana Ruiz <ana@acme.example>:",
    "เมื่อ จ. 1 พ.ค. 2023 เวลา 10:00 Ana Ruiz <ana@acme.example> เขียนว่า:",
    "---- On Mon, 01 May 2023 10:00:00 +0200 Ana Ruiz wrote ----",
    "---- Ana Ruiz wrote ----",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_an_attribution_and_what_it_quotes_are_folded(line):
    got = parted(f"Yes, please.\n\n{line}\n\n> Shall we?\n> Ana\n")
    assert got.reply == "Yes, please."
    assert [one.kind for one in got.folded] == ["quote"]
    assert got.folded[0].text.startswith(line)
    assert got.folded[0].text.endswith("> Ana")


@pytest.mark.parametrize("line", [one for one in ATTRIBUTIONS if one.endswith(":")])
def test_even_where_the_quote_has_no_signs(line):
    assert parted(f"Yes, please.\n\n{line}\nShall we?\nAna").reply == "Yes, please."


def test_an_attribution_that_wraps():
    got = parted(
        "Yes.\nOn Mon, 1 May 2023 at 10:00, Ana\n<ana@acme.example>\nwrote:\n> q"
    )
    assert got.reply == "Yes."


def test_prose_above_a_wrapped_attribution_stays():
    assert parted("On it.\nOn Mon, 1 May 2023 Ana wrote:\n> q").reply == "On it."


BLOCKS = [
    "From: Ana\nSent: Monday\nTo: Carla\nSubject: x",
    "*From:* Ana\n*Date:* Monday\n*To:* Carla\n*Subject:* x",
    "Von: Ana\nGesendet: Montag\nAn: Carla\nBetreff: x",
    "De : Ana\nEnvoyé : lundi\nÀ : Carla\nObjet : x",
    "De: Ana\nEnviado: lunes\nPara: Carla\nAsunto: x",
    "Da: Ana\nInviato: lunedì\nA: Carla\nOggetto: x",
    "Van: Ana\nVerzonden: maandag\nAan: Carla\nOnderwerp: x",
    "De: Ana\nEnviada em: segunda\nPara: Carla\nAssunto: x",
    "Från: Ana\nSkickat: måndag\nTill: Carla\nÄmne: x",
    "Fra: Ana\nSendt: mandag\nTil: Carla\nEmne: x",
    "Od: Ana\nWysłano: poniedziałek\nDo: Carla\nTemat: x",
    "差出人: Ana\n送信日時: 月曜日\n宛先: Carla\n件名: x",
    "Date: Monday\nTo: Carla\nFrom: Ana\nSubject: x",
    "Od: Ana\nOdesláno: pondělí\nKomu: Carla\nPředmět: x",
    "Od: Ana\nOdoslané: pondelok\nKomu: Carla\nPredmet: x",
    "Feladó: Ana\nElküldve: hétfő\nCímzett: Carla\nTárgy: x",
    "Kimden: Ana\nGönderildi: Pazartesi\nKime: Carla\nKonu: x",
    "От: Ana\nОтправлено: понедельник\nКому: Carla\nТема: x",
    "Від: Ana\nНадіслано: понеділок\nКому: Carla\nТема: x",
    "От: Ana\nИзпратено: понеделник\nДо: Carla\nОтносно: x",
    "Από: Ana\nΣτάλθηκε: Δευτέρα\nΠρος: Carla\nΘέμα: x",
    "De la: Ana\nTrimis: luni\nCătre: Carla\nSubiect: x",
    "Lähettäjä: Ana\nLähetetty: maanantai\nVastaanottaja: Carla\nAihe: x",
    "Od: Ana\nPoslano: ponedeljek\nZa: Carla\nZadeva: x",
    "Šalje: Ana\nPoslano: ponedjeljak\nPrima: Carla\nPredmet: x",
    "Saatja: Ana\nSaadetud: esmaspäev\nAdressaat: Carla\nTeema: x",
    "Từ: Ana\nĐã gửi: Thứ Hai\nTới: Carla\nChủ đề: x",
    "Dari: Ana\nDikirim: Senin\nKepada: Carla\nSubjek: x",
    "发件人: Ana\n发送时间: 星期一\n收件人: Carla\n主题: x",
    "寄件者: Ana\n寄件日期: 星期一\n收件者: Carla\n主旨: x",
    "보낸 사람: Ana\n보낸 날짜: 월요일\n받는 사람: Carla\n제목: x",
    "מאת: Ana\nנשלח: יום שני\nאל: Carla\nנושא: x",
    "من: Ana\nتاريخ الإرسال: الاثنين\nإلى: Carla\nالموضوع: x",
    "จาก: Ana\nส่ง: วันจันทร์\nถึง: Carla\nเรื่อง: x",
]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("rule", ["", "_" * 32 + "\n", "-----Original Message-----\n"])
def test_a_header_block_begins_what_was_answered(block, rule):
    got = parted(f"Yes.\n\n{rule}{block}\n\nShall we?")
    assert got.reply == "Yes."
    assert got.folded[0].text.endswith("Shall we?")


@pytest.mark.parametrize("block", BLOCKS)
def test_a_forward_is_kept_whole(block):
    text = f"See below.\n\n{block}\n\nThe text that matters."
    assert parted(text, is_forward=True).reply == text
    assert parted(f"{block}\n\nThe text that matters.").reply.endswith("matters.")


@pytest.mark.parametrize(
    "line",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "Anfang der weitergeleiteten Nachricht:",
        "---------- Message transféré ----------",
        "Inicio del mensaje reenviado:",
        "---------- Vidarebefordrat meddelande ----------",
    ],
)
def test_a_forward_line_keeps_what_follows(line):
    text = f"FYI\n\n{line}\nFrom: A\nDate: B\nTo: C\nSubject: D\n\nbody\n> quoted"
    assert parted(text).reply == text


def test_our_marker_cuts_in_any_language():
    letter = f"{MARKER}Could you send a row?\n\nAna\n---\nYour reply goes to Ana."
    for above in (
        "",
        "Lun 1 Qer 2023 10:00 Ana shkroi:\n",
        "Nga: Ana <ana@acme.example>\nDërguar: e hënë\nPër: Carla\nTema: x\n\n",
        "_" * 30 + "\n",
    ):
        got = parted(f"Here it is.\n\n{above}{letter}")
        assert got.reply == "Here it is."
        assert MARKER not in "".join(one.text for one in got.folded)
        assert "Could you send a row?" in got.folded[0].text


def test_the_marker_in_a_quoted_line_does_not_end_an_inline_answer():
    got = parted(f"> {MARKER}One?\nYes.\n> Two?\nNo.")
    assert got.reply == "> One?\nYes.\n> Two?\nNo."


def test_a_bare_quote_of_our_letter_is_no_reply():
    assert parted(f"{MARKER}Could you?\nAna").reply == ""


def test_bottom_posting():
    got = parted(
        "On Mon, 1 May 2023, Ana wrote:\n> Shall we?\n>\n> Ana\n\nYes, please."
    )
    assert got.reply == "Yes, please."
    assert [one.kind for one in got.folded] == ["quote"]


def test_interleaved_answers_keep_question_and_answer():
    got = parted(
        "Hi Ana,\n\nOn Mon, 1 May 2023, Ana wrote:\n> Which row?\n\nThe third.\n\n"
        "> Which version?\n\n2.4.\n\n> Thanks,\n> Ana"
    )
    assert got.reply == (
        "Hi Ana,\n\n> Which row?\n\nThe third.\n\n> Which version?\n\n2.4."
    )
    assert [one.text for one in got.folded] == [
        "On Mon, 1 May 2023, Ana wrote:",
        "> Thanks,\n> Ana",
    ]


def test_a_quote_that_the_author_chose_stays():
    text = "You write\n\n> the date is wrong\n\nbut it is not."
    assert parted(text).reply == text


def test_a_wrapped_quote_is_no_answer():
    got = parted(
        "Yes.\n\nOn Mon, 1 May 2023, Ana wrote:\n"
        "> a long line that some mail program breaks off in its middle and\n"
        "goes on here\n> and ends here.\n"
    )
    assert got.reply == "Yes."


@pytest.mark.parametrize(
    "text",
    [
        "I wrote: please call me.",
        "A colleague wrote at 10:30:\n\nthe import stops",
        "As I wrote at 10:30:\n\n1. nothing works",
        "On Monday it broke.\nFrom: here to there.",
        "From: my point of view this is fine",
        "The steps:\n1. open\n2. close",
        "On 3 May the price was 10:00 euros per piece",
        "Subject: to approval\nwe go ahead",
        "a -- b\n--- not a rule",
    ],
)
def test_false_friends_stay(text):
    assert parted(text).reply == text


@pytest.mark.parametrize("delimiter", ["-- ", "--", "—"])
def test_a_signature_is_folded(delimiter):
    got = parted(f"Yes.\n\n{delimiter}\nCarla Gomez\nGomez Logistics")
    assert got.reply == "Yes."
    assert [(one.kind, "Carla" in one.text) for one in got.folded] == [
        ("signature", True)
    ]


def test_a_signature_above_the_quote():
    text = "Yes.\n-- \nCarla\n\nOn Mon, 1 May 2023, Ana wrote:\n> q"
    assert parted(text).reply == "Yes."
    assert kinds(text) == ["signature", "quote"]


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Skickat från min iPhone",
        "iPhoneから送信",
        "Get Outlook for iOS<https://aka.example>",
    ],
)
def test_what_telephones_sign_is_folded(line):
    assert parted(f"Yes.\n\n{line}").reply == "Yes."
    assert kinds(f"Yes.\n\n{line}") == ["signature"]


def test_a_long_text_below_dashes_is_no_signature():
    text = "First.\n--\n" + "\n".join(f"line {n}" for n in range(60))
    assert parted(text).reply == text


def test_a_disclaimer_and_a_banner_are_folded():
    text = (
        "CAUTION: This email originated from outside of the organization.\n\n"
        "Yes.\n\nThis message is confidential and intended only for the addressee. If"
        " you are not the intended recipient,\nplease notify the sender and delete it."
    )
    assert parted(text).reply == "Yes."
    assert kinds(text) == ["disclaimer", "disclaimer"]


def test_two_header_lines_are_enough_when_they_stand_alone():
    block = "From: ana@acme.example\nDate: Mon, 1 May 2023 10:00:00 +0200"
    assert parted(f"Yes.\n\n{block}\n\nShall we?").reply == "Yes."
    for prose in ("Date: Mon, 1 May 2023 10:00", "From: ana@acme.example\nTo: Carla"):
        text = f"The log says\n\n{prose}\n\nand stops."
        assert parted(text).reply == text


def test_a_link_that_broke_inside_a_quote_is_quoted_whole():
    text = (
        "Yes.\n\nOn Mon, 1 May 2023, Ana wrote:\n"
        "> See (https://acme.example/case/\n7?step=2)\n> Ana"
    )
    assert parted(text).reply == "Yes."


def test_an_attribution_torn_apart_at_its_link():
    text = (
        "Yes.\n\nOn Mon, 1 May 2023 at 10:00 Ana Ruiz\n\n<\n"
        "mailto:ana@acme.example\n> wrote:\n\nShall we?"
    )
    assert parted(text).reply == "Yes."


def test_quote_signs_with_initials():
    got = parted("AR> Which row?\nAR> And which file?\n\nThe third.")
    assert got.reply == "The third."
    assert parted("C> dir\nWhat does that mean?").reply.startswith("C> dir")


def test_quote_signs_alone_are_what_somebody_wanted_to_say():
    assert parted("> line one\n> line two").reply == "> line one\n> line two"
    assert parted(f"> {MARKER}our letter\n> more").reply == ""


def test_a_name_below_a_drawn_line_is_a_signature():
    assert parted("Yes.\n\n____________\nCarla").reply == "Yes."


def test_what_the_html_marked_is_believed():
    got = split([Line("Yes."), Line("Carla", "signature"), Line("old", "quote")])
    assert got.reply == "Yes."
    assert [one.kind for one in got.folded] == ["signature", "quote"]


LINES = st.sampled_from(
    [
        "", "text", "Hi,", "> q", ">> qq", "-- ", "Sent from my iPhone", "/note",
        "On Mon, 1 May 2023, Ana wrote:", "From: a", "Sent: b", "To: c", "Subject: d",
        "-----Original Message-----", "_" * 20, f"{MARKER}x",
        "Begin forwarded message:",
        "confidential addressee " * 8,
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=25), st.booleans())
def test_nothing_is_lost(lines, is_forward):
    got = parted("\n".join(lines), is_forward=is_forward)
    shown = got.reply.split("\n") + [
        line for one in got.folded for line in one.text.split("\n")
    ]
    wanted = [line.replace(MARKER, "").rstrip() for line in lines]
    assert sorted(filter(None, shown)) == sorted(filter(None, wanted))
