"""Quiz of lesson 06."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "A picture of 5 x 5 goes through a transposed convolution with kernel 4, stride 3 and padding 1. "
        "What comes out?",
        (
            Option(
                "15 x 15",
                "That is n times the stride, which is right only where k - 2p equals the stride; here 4 - 2 = 2.",
            ),
            Option("14 x 14", "(5 - 1) * 3 + 4 - 2 * 1 = 14.", True),
            Option("18 x 18", "Here the padding was added; a transposed convolution cuts it off at both ends."),
            Option("16 x 16", "This forgets the padding: one place goes at each of the two ends."),
        ),
    ),
    Question(
        "Which of these single layers stamps its inner pixels unequally often?",
        (
            Option(
                "kernel 4, stride 2",
                "4 = 2 * 2: every inner place is covered twice along each axis. Equal counts; "
                "the weights of the stamps may still differ.",
            ),
            Option(
                "kernel 3, stride 1",
                "A stride of 1 divides every kernel: three stamps along each axis everywhere inside.",
            ),
            Option(
                "kernel 5, stride 2",
                "Along a row, places are covered 2 and 3 times in turn: 4, 6 or 9 stamps a pixel.",
                True,
            ),
            Option(
                "kernel 2, stride 2",
                "The stamps lie side by side, each place is covered once: blocks, but no uneven count.",
            ),
        ),
    ),
    Question(
        "A linear layer from 10 latents to 500 channels of 1 x 1 is followed, without activation, by a "
        "transposed convolution to 4 x 4 pixels. "
        "What would a ReLU between them change?",
        (
            Option(
                "Nothing: a ReLU has no parameters.",
                "It has none, but it bends the map. Without it, the two layers can do no more than a "
                "single linear layer.",
            ),
            Option(
                "Without it the two are one linear map; with it they can do more.",
                "Two linear maps in a row are one. A bend between them is what makes the second layer "
                "worth its parameters.",
                True,
            ),
            Option(
                "The size of the picture.", "A ReLU works number by number; sizes come from kernel, stride and padding."
            ),
        ),
    ),
    Question(
        "Six decoders, three seeds each, all 15 pairs compared at 5 %. Two pairs come out 'different', "
        "just above the bar. What follows?",
        (
            Option(
                "Both differences are real: each was tested.",
                "Each test may fool us once in twenty, and there were fifteen: 0.75 false alarms are "
                "expected where nothing differs.",
            ),
            Option(
                "Nothing differs, because fifteen tests are too many.",
                "Many tests ask for a higher bar; they do not prove equality.",
            ),
            Option(
                "Ask for a higher bar, or run these two pairs again with fresh seeds.",
                "Dividing the 5 % by 15 is such a bar; fresh seeds for two pairs chosen beforehand are two tests only.",
                True,
            ),
        ),
    ),
)
