from base64 import b32encode
from binascii import unhexlify
from typing import Any

import segno
from django import forms
from django.core import signing
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

SET_UP_S = 900
SALT = "two-factor-key"
NO_CODE = {"required": "Enter the code."}


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(max_length=40, error_messages=NO_CODE)


class SetUpForm(forms.Form):
    """A new key, and a code that shows that the app has it.

    The key travels with the form, signed: nothing is kept of one that is not used, and no key is
    shown twice. `proof` is the password, or a code where another app is replaced.
    """

    key = forms.CharField(max_length=400, widget=forms.HiddenInput)
    code = forms.CharField(max_length=40, error_messages=NO_CODE)
    proof = forms.CharField(max_length=4096, strip=False, required=False)

    def __init__(self, user: Any, *args: Any, asks: str = "", **values: Any) -> None:
        super().__init__(*args, **values)
        self.user, self.asks = user, asks  # "password", "code" or nothing
        self.hex_key = self._key_sent() or default_key()

    def clean(self) -> dict[str, Any]:
        if self.is_bound and self._key_sent() is None:
            raise forms.ValidationError("The key has expired: take this new one.")
        if self.asks and not self.cleaned_data.get("proof"):
            self.add_error("proof", f"Enter the {self.asks}.")
        return self.cleaned_data

    def _key_sent(self) -> str | None:
        try:
            sent = signing.loads(str(self.data.get("key", "")), salt=SALT, max_age=SET_UP_S)
        except signing.BadSignature:
            return None
        key, user_pk = sent
        return str(key) if user_pk == self.user.pk else None

    def signed_key(self) -> str:
        return signing.dumps([self.hex_key, self.user.pk], salt=SALT)

    def shown_key(self) -> str:
        """The key as an app takes it when there is no camera."""
        text = b32encode(unhexlify(self.hex_key)).decode()
        return " ".join(text[at : at + 4] for at in range(0, len(text), 4))

    def picture(self) -> str:
        """The key as a picture for a camera, always black on white: that is how cameras read it."""
        address = TOTPDevice(user=self.user, key=self.hex_key).config_url
        return str(
            segno.make(address, error="m").svg_data_uri(
                scale=5, border=4, dark="#000", light="#fff"
            )
        )
