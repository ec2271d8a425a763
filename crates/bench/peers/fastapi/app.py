"""A FastAPI service with fastapi-users that answers `GET /users/me` to a bearer of an RS256 token.

The configuration is the one of the documentation of fastapi-users (SQLAlchemy adapter, bearer transport, JWT strategy
with an RSA key pair), with a pool of connections of its own for each worker. `python app.py` makes the tables and the
user, and prints a token; `uvicorn app:app` serves.
"""

import asyncio
import json
import os
import pathlib
import uuid
from collections.abc import AsyncGenerator

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, JWTStrategy
from fastapi_users.db import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users.exceptions import UserAlreadyExists
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

EMAIL, PASSWORD = "bench@example.org", "Bench!mark-kettle-orbit-47"
LIFETIME = 24 * 3600
KEYS = pathlib.Path(os.environ["PEER_KEYS"])

engine = create_async_engine(
    make_url(os.environ["PEER_DATABASE_URL"]).set(drivername="postgresql+asyncpg"),
    pool_size=int(os.environ.get("PEER_POOL_SIZE", "16")),
    max_overflow=0,
)
new_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The tables."""


class User(SQLAlchemyBaseUserTableUUID, Base):
    """A user as fastapi-users keeps one."""


class UserRead(schemas.BaseUser[uuid.UUID]):
    """A user as it is answered."""


class UserUpdate(schemas.BaseUserUpdate):
    """A change of a user."""


class UserManager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    """The rules of fastapi-users, unchanged."""


async def get_session() -> AsyncGenerator[AsyncSession, None]:
    async with new_session() as session:
        yield session


async def get_user_db(session: AsyncSession = Depends(get_session)):
    yield SQLAlchemyUserDatabase(session, User)


async def get_user_manager(user_db: SQLAlchemyUserDatabase = Depends(get_user_db)):
    yield UserManager(user_db)


def key_pair() -> tuple[str, str]:
    """The key pair that is there, or a new one of 2048 bits."""
    private, public = KEYS / "private.pem", KEYS / "public.pem"
    if not public.exists():
        KEYS.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pkcs8 = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        spki = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        private.touch(mode=0o600)
        private.write_bytes(pkcs8)
        public.write_bytes(spki)
    return private.read_text(), public.read_text()


PRIVATE_KEY, PUBLIC_KEY = key_pair()


def get_jwt_strategy() -> JWTStrategy:
    return JWTStrategy(secret=PRIVATE_KEY, lifetime_seconds=LIFETIME, algorithm="RS256", public_key=PUBLIC_KEY)


backend = AuthenticationBackend(
    name="jwt", transport=BearerTransport(tokenUrl="auth/login"), get_strategy=get_jwt_strategy
)
fastapi_users = FastAPIUsers[User, uuid.UUID](get_user_manager, [backend])

app = FastAPI()
app.include_router(fastapi_users.get_auth_router(backend), prefix="/auth")
app.include_router(fastapi_users.get_users_router(UserRead, UserUpdate), prefix="/users")


async def prepare() -> str:
    """Makes the tables and the user where they are missing; a token of that user."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with new_session() as session:
        manager = UserManager(SQLAlchemyUserDatabase(session, User))
        try:
            user = await manager.create(schemas.BaseUserCreate(email=EMAIL, password=PASSWORD, is_verified=True))
        except UserAlreadyExists:
            user = await manager.get_by_email(EMAIL)
    await engine.dispose()
    return await get_jwt_strategy().write_token(user)


if __name__ == "__main__":
    print(json.dumps({"base_url": os.environ["PEER_BASE_URL"], "token": asyncio.run(prepare())}), flush=True)
